"""An HTTP answer that nobody has read yet, without the HTTP library's types."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec

from store.times import from_datetime

_LONGEST_WAIT: Final = 86_400.0


class Reply(msgspec.Struct, frozen=True):
    """Status, headers (names in lower case) and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def date_ms(self) -> int | None:
        """The server's clock by its `Date` header, epoch ms, resolution one second."""
        moment = _http_date(self.headers.get("date"))
        return None if moment is None else from_datetime(moment)

    @property
    def retry_after(self) -> float | None:
        """Seconds the server asks us to wait (a number or a date in `Retry-After`), at most a day."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return min(float(value[:9]), _LONGEST_WAIT)
        until = _http_date(value)
        if until is None:
            return None
        # The server's own clock where it says so: ours may be wrong.
        now = _http_date(self.headers.get("date")) or datetime.now(UTC)
        return min(max((until - now).total_seconds(), 0.0), _LONGEST_WAIT)


def _http_date(value: str | None) -> datetime | None:
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
