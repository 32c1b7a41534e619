"""The sources of tracking: what they have been asked today, how they fare, what nobody understood."""

from __future__ import annotations

from typing import Final

from store.reading.base import Base
from store.times import jakarta_day, now_ms
from store.views import ProviderRow, UnknownTextRow

_UNKNOWN: Final = ", ".join(f'"{name}"' for name in UnknownTextRow.__struct_fields__)


class Sources(Base):
    """What `pantau couriers` shows beside the configuration."""

    def providers(self, now: int | None = None) -> list[ProviderRow]:
        """Every source that was ever asked or is in trouble, by name; the counts are of today in Jakarta."""
        today = jakarta_day(now_ms() if now is None else now)
        used = {
            name: (asked, per_day)
            for name, asked, per_day in self._query(
                "SELECT provider, asked, per_day FROM provider_usage WHERE day = ?", (today,)
            )
        }
        trouble = {
            name: (problem, since, until)
            for name, problem, since, until in self._query(
                "SELECT shop, problem, failing_since, next_at FROM job_health WHERE job = 'courier'"
            )
        }
        unknown = dict(self._query("SELECT provider, count(*) FROM unknown_texts GROUP BY provider"))
        return [
            ProviderRow(
                name,
                *used.get(name, (0, None)),
                *trouble.get(name, (None, None, None)),
                unknown.get(name, 0),
            )
            for name in sorted({*used, *trouble, *unknown})
        ]

    def unknown_texts(self, provider: str | None = None, limit: int = 100) -> list[UnknownTextRow]:
        """The phrases seen most often, of one provider or of all."""
        only, args = ("", []) if provider is None else (" WHERE provider = ?", [provider])
        statement = f"SELECT {_UNKNOWN} FROM unknown_texts{only} ORDER BY seen DESC, last_seen DESC LIMIT ?"
        return [UnknownTextRow(*row) for row in self._query(statement, (*args, limit))]
