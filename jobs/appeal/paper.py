"""The appeal on A4: what the JSON holds, in tables a person at the service desk can read; drawn from it alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from jobs.appeal.gather import Appeal, Json
from jobs.appeal.terms import event, outcome, person, status, term
from jobs.appeal.words import WORDS
from jobs.chat.words import moment as spoken
from jobs.paper.draw import MM, Column, Drawing, Made
from jobs.paper.words import rupiah
from store.times import WIB, from_datetime

SMALL: Final = 8.0
"""Size of a table's letters."""
MOST: Final = 300
"""Rows of one table, the newest; the JSON has all of them."""
ENDING: Final = 12
"""Signs of the digest that stand on each page; the whole stands at the end."""
_FACTS: Final = (
    *(
        "shop",
        "status",
        "created_at",
        "paid_at",
        "confirmed_at",
        "shipped_at",
        "collected_at",
        "delivered_at",
    ),
    *("buyer", "city", "province", "note", "total", "cancel_reason"),
)

Row = Sequence[str]


def draw(appeal: Appeal, language: str) -> Made:
    """The paper of an appeal, in `id` or `en`; every page has its number and the beginning of the JSON's digest."""
    words, document = WORDS[language], appeal.document
    paper = Drawing("A4", words["title"])
    footer = words["footer"].format(id=appeal.order_id, digest=appeal.sha256[:ENDING])
    paper.section(f"{words['title']} {appeal.order_id}", footer)
    paper.line(f"{words['order']} {appeal.order_id}", size=15, bold=True)
    paper.line(
        words["made"].format(at=moment(document["made_at"], language), by=document["made_by"]), size=SMALL
    )
    paper.line(words["intro"], size=SMALL)
    paper.space(2 * MM)
    for name in _FACTS:
        if text := _fact(document["order"], name, language):
            paper.line(f"{words[f'f.{name}']}: {text}", most=6)
    if missing := [words[name] for name, _, _ in _TABLES if name in document["empty"]]:
        paper.line(words["empty"].format(names=", ".join(missing)), bold=True, most=6)
    for name, shares, cells in _TABLES:
        _table(paper, name, shares, list(cells(document, _Told(words, language))), words)
    if codes := [one["qr"] for one in document["handover"] if one["qr"]]:
        paper.need(34 * MM)
        paper.qr(codes[-1], 30 * MM, right=False)
        paper.space(32 * MM)
    paper.line(words["digest"].format(digest=appeal.sha256), size=SMALL, bold=True)
    return paper.finish()


def moment(iso: str | None, language: str) -> str:
    """`25 Nov 2026 15.04 WIB`, or a dash; the JSON has the seconds."""
    if iso is None:
        return "-"
    when = datetime.fromisoformat(iso)
    return spoken(from_datetime(when), language, when.tzinfo or WIB)


def _fact(order: Json, name: str, language: str) -> str:
    value = order[name]
    if name == "total":
        return rupiah(value, order["currency"]) + (" COD" if order["cod"] else "")
    if name == "status":
        return status(order, language)
    return moment(value, language) if name.endswith("_at") and value else str(value or "")


def _table(paper: Drawing, name: str, shares: Sequence[float], rows: list[Row], words: Any) -> None:
    paper.need(24 * MM)
    paper.space(2 * MM)
    paper.line(words[name], size=12, bold=True)
    if not rows:
        paper.line(f"({words['none']})", size=SMALL)
        return
    titles = words[f"columns.{name}"].split("|")
    columns = [Column(title, share, most=8) for title, share in zip(titles, shares, strict=True)]
    if len(rows) > MOST:
        paper.line(f"... {len(rows) - MOST} (JSON)", size=SMALL)
    paper.table(columns, [[cell or "-" for cell in row] for row in rows[-MOST:]], size=SMALL)


class _Told(NamedTuple):
    """What the rows of the tables are worded with."""

    words: Mapping[str, str]
    language: str

    def at(self, iso: str | None) -> str:
        """A moment; nothing for none."""
        return moment(iso, self.language) if iso else ""

    def term(self, family: str, code: str | None) -> str:
        """The words of a code."""
        return term(family, code, self.language)

    def by(self, name: str) -> str:
        """Who did it."""
        return person(name, self.language)


def _deadlines(document: Json, told: _Told) -> Iterator[Row]:
    known = document["deadlines"]
    for name in ("arrange_by", "scan_by", "cancel_at"):
        if known[name]:
            yield told.words[f"f.{name}"], told.at(known[name])
    if known["source"]:
        yield told.words["f.source"], told.term("source", known["source"])


def _items(document: Json, told: _Told) -> Iterator[Row]:
    for one in document["items"]:
        name = " - ".join(filter(None, (one["name"], one["variation"])))
        yield f"{one['quantity']}x", name, one["seller_sku"] or one["sku_id"]


def _packages(document: Json, told: _Told) -> Iterator[Row]:
    for one in document["packages"]:
        courier = one["courier_name"] or one["courier"] or ""
        state = told.term("track", one["tracking_status"]) or told.term("parcel", one["status"])
        source = told.term("source", one["tracking_source"])
        checked = ", ".join(filter(None, (source, told.at(one["checked_at"]))))
        yield one["package_id"], courier, one["tracking_number"] or "", state, checked


def _scans(document: Json, told: _Told) -> Iterator[Row]:
    for one in document["scans"]:
        state, source = told.term("track", one["status"]), told.term("source", one["source"])
        yield told.at(one["at"]), state, one["text"], one["location"] or "", source


def _packing(document: Json, told: _Told) -> Iterator[Row]:
    for one in document["packing"]:
        counted = f"{one['scanned']}/{one['units']}" + (f" +{one['by_hand']}" if one["by_hand"] else "")
        stops = [told.term("packing_why", stop) for stop in one["stops"]]
        ended = ", ".join([told.term("packing", one["outcome"]), *stops])
        yield told.at(one["done_at"] or one["begun_at"]), one["packer"], one["package_id"], ended, counted


def _handover(document: Json, told: _Told) -> Iterator[Row]:
    for one in document["handover"]:
        taken = ", ".join(filter(None, (one["received_by"], told.at(one["closed_at"]))))
        by = f"{told.at(one['scanned_at'])}, {one['scanned_by']}"
        state = f"{one['manifest']} {told.term('manifest', one['state'])}"
        yield by, state, one["tracking_number"], taken, one["digest"] or ""


def _messages(document: Json, told: _Told) -> Iterator[Row]:
    for one in document["messages"]:
        yield told.at(one["at"]), told.term("role", one["role"]), one["text"] or f"[{one['kind']}]"


def _requests(document: Json, told: _Told) -> Iterator[Row]:
    for one in document["requests"]:
        kind, state = told.term("request_kind", one["kind"]), told.term("request", one["status"])
        yield told.at(one["created_at"]), kind, state, one["reason_text"] or one["reason"] or ""


def _actions(document: Json, told: _Told) -> Iterator[Row]:
    for one in document["actions"]:
        kind, by = told.term("kind", one["kind"]), told.by(one["requested_by"])
        yield told.at(one["requested_at"]), kind, outcome(one, told.language), by, told.at(one["done_at"])


def _rules(document: Json, told: _Told) -> Iterator[Row]:
    for one in document["rules"]:
        yield told.at(one["at"]), one["rule"], told.term("verdict", one["verdict"])


def _history(document: Json, told: _Told) -> Iterator[Row]:
    for one in document["history"]:
        yield told.at(one["at"]), *event(one, told.language), told.by(one["actor"])


_Cells = Callable[[Json, _Told], Iterator[Row]]
_TABLES: Final[tuple[tuple[str, tuple[float, ...], _Cells], ...]] = (
    ("deadlines", (2, 3), _deadlines),
    ("items", (0.6, 6, 2.4), _items),
    ("packages", (2.2, 1.6, 2, 2, 2.2), _packages),
    ("scans", (2, 1.5, 4, 2, 1.3), _scans),
    ("packing", (2, 1.6, 2.2, 1.6, 1), _packing),
    ("handover", (2.2, 2, 1.8, 2, 2.6), _handover),
    ("messages", (2, 1.2, 6), _messages),
    ("requests", (2, 1.2, 2.5, 4), _requests),
    ("actions", (2, 1.2, 2.5, 1.4, 2), _actions),
    ("rules", (2, 3, 2), _rules),
    ("history", (2.1, 2.4, 1.9, 1.9, 1.3), _history),
)
