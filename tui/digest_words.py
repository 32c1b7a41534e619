"""Digests in words: the notice, the row of the feed, the screen and `pantau digest` say them alike. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from jobs.routine.digest import Digest
from tui.strings import language, money, number, t
from tui.text import clean

_PRESSING: Final = (
    *("overdue", "before_noon", "today", "scan_risk", "requests", "short", "chats", "failed_actions"),
    *("new", "cancelled", "asked", "messages", "actions_done", "actions_failed"),
)
"""Numbers of `digest.made` in the order they are said."""
SAID: Final = 4
"""Numbers a notice says at most."""


class Line(NamedTuple):
    """One number with its words, and where Enter leads."""

    words: str
    value: str
    section: str = ""
    """The key in Digest.orders; empty: no orders stand behind it."""
    opens: str = ""
    """Id of the command that opens its screen, where it is no list of orders."""
    burns: bool = False


def summed(told: Mapping[str, Any]) -> str:
    """The weightiest numbers of a digest in a row: `12 kirim hari ini, 3 berisiko telat scan`."""
    noon = _moment(str(told["noon"])) if told.get("noon") else "12.00"
    parts = [f"{number(n)} {_name(name, noon)}" for name in _PRESSING if (n := _count(told.get(name)))]
    return ", ".join(parts[:SAID]) or t("digest.quiet")


def told(kind: str, detail: Mapping[str, Any]) -> str:
    """The subject of a row of the feed: `digest.made`, `cutoff.near`, `health.step`."""
    if kind == "digest.made":
        return summed(detail)
    if kind == "cutoff.near":
        return f"{clean(str(detail.get('cutoff', '')), limit=5)}: {remaining(detail)}"
    return stepped(detail)


def noticed(kind: str, params: Mapping[str, Any], key: str) -> dict[str, str]:
    """What the words of a notice hold; `key` is pressed to see more."""
    if kind == "cutoff_near":
        return {"what": remaining(params)}
    return {"what": stepped(params) if kind == "health_step" else summed(params), "key": key}


def remaining(told: Mapping[str, Any]) -> str:
    """`14 pesanan belum diatur, 9 paket belum di-scan`."""
    parts = [t(f"cutoff.{name}", n=n) for name in ("arrange", "scan") if (n := _count(told.get(name)))]
    return ", ".join(parts)


def stepped(told: Mapping[str, Any]) -> str:
    """What `health.step` says: `Telat kirim (LDR) toko-a sekarang 10,3 %: pesanan dibatasi 90 %`."""
    forecast = str(told.get("forecast", "")).lower() == "true"
    rate = "sfcr" if told.get("rate") == "sfcr" else "ldr"
    try:
        share = f"{100 * float(told.get('share', 0)):.1f} %"
    except (TypeError, ValueError):
        share = "-"
    words = t(
        "rating.tonight" if forecast else "rating.now",
        rate=t(f"rating.rate.{rate}"),
        shop=str(told.get("shop", "")),
        share=share.replace(".", ",") if language() == "id" else share,
        level=level(str(told.get("level", ""))),
    )
    return " ".join(words.split())


def level(code: str) -> str:
    """The words of a consequence (jobs.rulebook.Health.consequence)."""
    if code.startswith("cap_"):
        left = _count(code[4:])
        return t("rating.level.cap", n=left) if left else t("rating.level.stopped")
    return t("rating.level.above_target" if code == "above_target" else "rating.level.none")


def to_do(digest: Digest) -> list[Line]:
    """What waits for the seller, the most pressing first; only what is not nothing."""
    ship = digest.to_ship
    rows = (
        ("overdue", ship.overdue, "overdue", ""),
        ("before_noon", ship.before_noon, "before_noon", ""),
        ("today", ship.today, "today", ""),
        ("scan_risk", digest.scan_risk, "scan_risk", ""),
        ("requests", digest.requests, "requests", ""),
        ("short", digest.stock.short, "short", ""),
        ("low", digest.stock.low, "", "stock"),
        ("chats", digest.chats, "", "chats"),
        ("failed_actions", digest.failed_actions, "failed_actions", ""),
    )
    noon = _noon(digest)
    return [
        Line(t(f"digest.{name}", noon=noon), number(n), section, opens, name in _BURNS)
        for name, n, section, opens in rows
        if n
    ]


_BURNS: Final = frozenset({"overdue", "scan_risk", "failed_actions"})


def closed(digest: Digest) -> list[Line]:
    """What happened while nothing ran; only what is not nothing."""
    found = digest.while_closed
    if found is None:
        return []
    rows = (
        ("new", found.new, "new", ""),
        ("cancelled", found.cancelled, "gone", ""),
        ("asked", found.requests, "asked", ""),
        ("messages", found.messages, "", "chats"),
        ("actions_done", found.actions_done, "done", ""),
        ("actions_failed", found.actions_failed, "failed", ""),
    )
    return [Line(t(f"digest.{name}"), number(n), section, opens) for name, n, section, opens in rows if n]


def yesterday(digest: Digest) -> list[Line]:
    """The day before, zeros included: a quiet day is news too."""
    day = digest.yesterday
    return [
        Line(t("digest.new"), number(day.new)),
        Line(t("digest.shipped"), number(day.shipped)),
        Line(t("digest.cancelled"), number(day.cancelled), "cancelled"),
        Line(t("digest.delivered"), number(day.delivered)),
        Line(t("digest.revenue"), money(day.revenue)),
    ]


def parts(digest: Digest) -> list[tuple[str, list[Line]]]:
    """The whole digest: headings with their lines."""
    found: list[tuple[str, list[Line]]] = []
    if (away := digest.while_closed) is not None:
        words = t("digest.section.closed", since=_moment(away.since), until=_moment(away.until))
        found.append((words, closed(digest)))
    found.append((t("digest.section.do"), to_do(digest)))
    found.append((t("digest.section.yesterday", date=_date(digest.yesterday.date)), yesterday(digest)))
    return found


def made(digest: Digest) -> str:
    """When and why it was made."""
    known = digest.kind if digest.kind in ("routine", "opened") else "now"
    return t(f"digest.{known}", at=_moment(digest.at))


def _name(name: str, noon: str) -> str:
    return t(f"digest.{name}", noon=noon)


def _count(value: object) -> int:
    text = str(value or 0)
    return int(text) if text.isascii() and text.isdecimal() else 0


def _moment(iso: str) -> str:
    when = _parsed(iso)
    return "-" if when is None else f"{_date(iso)} {when:%H.%M}"


def _noon(digest: Digest) -> str:
    """`12.00`, or `24 Nov 12.00` where it is not the day's own."""
    noon, at = _parsed(digest.noon), _parsed(digest.at)
    if noon is None:
        return "-"
    return f"{noon:%H.%M}" if at is not None and noon.date() == at.date() else _moment(digest.noon)


def _date(iso: str) -> str:
    when = _parsed(iso)
    return "-" if when is None else f"{when.day} {t('time.months').split()[when.month - 1]}"


def _parsed(iso: str) -> datetime | None:
    try:
        return datetime.fromisoformat(iso)
    except ValueError:
        return None
