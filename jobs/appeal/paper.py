"""The appeal on A4: what the JSON holds, in tables a person at the service desk can read; drawn from it alone. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from jobs.appeal.gather import Appeal
from jobs.appeal.words import WORDS
from jobs.paper.draw import MM, Column, Drawing, Made
from jobs.paper.words import rupiah

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
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")

Row = Sequence[str]


def draw(appeal: Appeal, language: str) -> Made:
    """The paper of an appeal, in `id` or `en`; every page has its number and the beginning of the JSON's digest."""
    words, document = WORDS[language], appeal.document
    paper = Drawing("A4", words["title"])
    footer = words["footer"].format(id=appeal.order_id, digest=appeal.sha256[:ENDING])
    paper.section(f"{words['title']} {appeal.order_id}", footer)
    paper.line(f"{words['order']} {appeal.order_id}", size=15, bold=True)
    paper.line(words["made"].format(at=moment(document["made_at"]), by=document["made_by"]), size=SMALL)
    paper.line(words["intro"], size=SMALL)
    paper.space(2 * MM)
    for name in _FACTS:
        if text := _fact(document["order"], name):
            paper.line(f"{words[f'f.{name}']}: {text}", most=6)
    for name, shares, cells in _TABLES:
        _table(paper, name, shares, list(cells(document, words)), words)
    if codes := [one["qr"] for one in document["handover"] if one["qr"]]:
        paper.need(34 * MM)
        paper.qr(codes[-1], 30 * MM, right=False)
        paper.space(32 * MM)
    paper.line(words["digest"].format(digest=appeal.sha256), size=SMALL, bold=True)
    return paper.finish()


def moment(iso: str | None) -> str:
    """`25 Nov 2026 15.04.33 +07.00`, or a dash: seconds and zone matter to a deadline."""
    if iso is None:
        return "-"
    when = datetime.fromisoformat(iso)
    shift = iso[-6:].replace(":", ".")
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year} {when:%H.%M.%S} {shift}"


def _fact(order: dict[str, Any], name: str) -> str:
    value = order[name]
    if name == "total":
        return rupiah(value, order["currency"]) + (" COD" if order["cod"] else "")
    if name == "status":
        return f"{value} ({order['raw_status']})"
    return moment(value) if name.endswith("_at") and value else str(value or "")


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


def _deadlines(document: dict[str, Any], words: Any) -> Iterator[Row]:
    known = document["deadlines"]
    for name in ("arrange_by", "scan_by", "cancel_at"):
        if known[name]:
            yield words[f"f.{name}"], moment(known[name])
    if known["source"]:
        yield words["f.source"], known["source"]


def _items(document: dict[str, Any], words: Any) -> Iterator[Row]:
    for one in document["items"]:
        name = " - ".join(filter(None, (one["name"], one["variation"])))
        yield f"{one['quantity']}x", name, one["seller_sku"] or one["sku_id"]


def _packages(document: dict[str, Any], words: Any) -> Iterator[Row]:
    for one in document["packages"]:
        courier = one["courier_name"] or one["courier"] or ""
        state = " / ".join(filter(None, (one["status"], one["tracking_status"])))
        source = " ".join(filter(None, (one["tracking_source"], _at(one["checked_at"]))))
        yield one["package_id"], courier, one["tracking_number"] or "", state, source


def _scans(document: dict[str, Any], words: Any) -> Iterator[Row]:
    for one in document["scans"]:
        yield moment(one["at"]), one["status"], one["text"], one["location"] or "", one["source"]


def _packing(document: dict[str, Any], words: Any) -> Iterator[Row]:
    for one in document["packing"]:
        counted = f"{one['scanned']}/{one['units']}" + (f" +{one['by_hand']}" if one["by_hand"] else "")
        outcome = " ".join([one["outcome"], *one["stops"]])
        yield moment(one["done_at"] or one["begun_at"]), one["packer"], one["package_id"], outcome, counted


def _handover(document: dict[str, Any], words: Any) -> Iterator[Row]:
    for one in document["handover"]:
        taken = " ".join(filter(None, (one["received_by"], _at(one["closed_at"]))))
        by = f"{moment(one['scanned_at'])} {one['scanned_by']}"
        yield by, f"{one['manifest']} {one['state']}", one["tracking_number"], taken, one["digest"] or ""


def _messages(document: dict[str, Any], words: Any) -> Iterator[Row]:
    for one in document["messages"]:
        yield moment(one["at"]), one["role"], one["text"] or f"[{one['kind']}]"


def _requests(document: dict[str, Any], words: Any) -> Iterator[Row]:
    for one in document["requests"]:
        yield moment(one["created_at"]), one["kind"], one["status"], one["reason_text"] or one["reason"] or ""


def _actions(document: dict[str, Any], words: Any) -> Iterator[Row]:
    for one in document["actions"]:
        code = f" {one['code']}" if one["code"] is not None else ""
        outcome = " ".join(filter(None, (one["state"] + code, one["reason"])))
        yield moment(one["requested_at"]), one["kind"], outcome, one["requested_by"], _at(one["done_at"])


def _rules(document: dict[str, Any], words: Any) -> Iterator[Row]:
    for one in document["rules"]:
        yield moment(one["at"]), one["rule"], one["verdict"]


def _history(document: dict[str, Any], words: Any) -> Iterator[Row]:
    for one in document["history"]:
        yield moment(one["at"]), one["kind"], one["old"] or "", one["new"] or "", one["actor"]


def _at(iso: str | None) -> str:
    return moment(iso) if iso else ""


_Cells = Callable[[dict[str, Any], Any], Iterator[Row]]
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
    ("history", (2, 2.2, 2, 2, 1.4), _history),
)
