"""The day's rows of the feed as notices: the last word counts, bad news only."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from jobs.notices import Severity, told
from store.views import ChangeRow


def row(kind: str, new: str | None = None, **detail: Any) -> ChangeRow:
    words = msgspec.json.encode(detail).decode()
    return ChangeRow(
        seq=1, at=1, shop_id=None, order_pk=None, order_id=None, kind=kind, old=None, new=new, detail=words,
        actor="job",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "key", "severity", "bell"),
    [
        (row("digest.made", "routine", today=3), "notice.digest", Severity.INFO, False),
        (row("digest.made", "opened", messages=3), "notice.opened", Severity.INFO, False),
        (row("cutoff.near", arrange=3), "notice.cutoff_near", Severity.WARNING, True),
        (row("health.step", "cap_90", worse=True), "notice.health_step", Severity.WARNING, False),
    ],
)
def test_each_is_a_notice(change: ChangeRow, key: str, severity: Severity, bell: bool) -> None:
    [notice] = told([change], {}).notices
    assert (notice.key, notice.severity, notice.bell) == (key, severity, bell)


def test_good_news_of_a_rate_is_in_the_feed_only() -> None:
    assert told([row("health.step", "none", worse=False)], {}).notices == ()


def test_of_several_the_last_one_is_told() -> None:
    [notice] = told([row("cutoff.near", arrange=9), row("cutoff.near", arrange=2)], {}).notices
    assert notice.params == {"arrange": "2"}
