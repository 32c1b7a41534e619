"""Texts for buyers with fields that an order fills. Pure.

A field that the order does not tell refuses the whole text and names itself: no buyer ever reads `{resi}` or a blank
where a number should be, nor a moment that is over. Only the buyer's name in a greeting may be missing: one that the
platform masks (`B*** S***`) greets nobody. Built-in ones exist in both languages; a seller's own (`[chat] templates`)
have one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from couriers.names import name as courier_name
from couriers.names import page
from jobs.chat.words import WORDS, goods, moment, rupiah
from store.status import IN_HAND, SHIPPABLE, OrderStatus
from store.views import OrderDetail, OrderRow

BUILT_IN: Final[Mapping[str, Mapping[str, str]]] = {
    "halo": {
        "id": "Halo kak {buyer}, terima kasih sudah menghubungi kami. Ada yang bisa dibantu soal pesanan {order}?",
        "en": "Hello {buyer}, thank you for writing to us. How can we help with order {order}?",
    },
    "diproses": {
        "id": "Halo kak {buyer}, pesanan {order} ({items}) sudah kami terima dan sedang disiapkan."
        " Kami serahkan ke kurir paling lambat {scan_by}.",
        "en": "Hello {buyer}, we have order {order} ({items}) and are preparing it."
        " It goes to the courier by {scan_by}.",
    },
    "dikirim": {
        "id": "Halo kak {buyer}, pesanan {order} sudah dikirim dengan {courier}, nomor resi {number}. Lacak: {link}",
        "en": "Hello {buyer}, order {order} is on its way with {courier}, number {number}. Track it: {link}",
    },
    "telat": {
        "id": "Halo kak {buyer}, mohon maaf pesanan {order} terlambat. Sedang kami usahakan secepatnya,"
        " dan kami kabari begitu ada perkembangan.",
        "en": "Hello {buyer}, we are sorry that order {order} is late. We are on it and will tell you as soon as"
        " there is news.",
    },
    "sampai": {
        "id": "Halo kak {buyer}, pesanan {order} dengan {courier} tercatat sudah sampai. Semoga cocok ya, kak."
        " Kalau ada kendala, kabari kami di sini dulu.",
        "en": "Hello {buyer}, order {order} with {courier} is recorded as arrived. We hope you like it."
        " If anything is wrong, please tell us here first.",
    },
    "terima_kasih": {
        "id": "Terima kasih banyak, kak {buyer}. Ditunggu pesanan berikutnya di {shop}.",
        "en": "Thank you very much, {buyer}. We look forward to your next order at {shop}.",
    },
    "catatan": {
        "id": "Halo kak {buyer}, catatan di pesanan {order} sudah kami baca: \"{note}\". Kami usahakan, ya.",
        "en": "Hello {buyer}, we have read the note on order {order}: \"{note}\". We will do what we can.",
    },
}  # fmt: skip
FIELDS: Final = (
    *("buyer", "order", "items", "total", "shop", "note", "city", "status"),
    *("courier", "number", "link", "arrange_by", "scan_by"),
)
"""What may stand in braces; docs/chats.md tells what each is."""
ARRIVED: Final = frozenset({OrderStatus.DELIVERED, OrderStatus.COMPLETED})
"""Orders that are with their buyers."""
_UNSENT: Final = frozenset({OrderStatus.UNPAID, OrderStatus.ON_HOLD, *SHIPPABLE})
_FITS: Final[Mapping[str, frozenset[OrderStatus]]] = {
    "diproses": SHIPPABLE,
    "dikirim": frozenset({OrderStatus.IN_TRANSIT}),
    "telat": frozenset({*IN_HAND, OrderStatus.IN_TRANSIT}),
    "sampai": ARRIVED,
    "terima_kasih": ARRIVED,
    "catatan": _UNSENT,
}
"""Where what a template says is true; by name, for who replaces one keeps its place. All others fit everywhere."""
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_BRACES: Final = re.compile(r"(\{\{|\}\})")
_GREETED: Final = re.compile(
    # After a comma, after a word that greets, or at the start of a line, where the comma behind it goes too.
    r"(\b(?:halo|hai|hi|hello|hey|dear|kak|kakak|kk|sis|gan|bro))\s+\{\s*buyer\s*\}|,\s*\{\s*buyer\s*\}"
    r"|^[^\S\n]*\{\s*buyer\s*\}[,!.]?[^\S\n]*",
    re.IGNORECASE | re.MULTILINE,
)
_STEERS: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_FACT: Final = 300
"""Characters of one fact."""


class MissingField(ValueError):
    """The order does not tell this field."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class PastDate(MissingField):
    """The moment that this field tells is over."""


class UnknownTemplate(KeyError):
    """There is no template by this name."""


def names(own: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """All templates: the seller's own first, then the built-in ones that they do not replace."""
    mine = tuple(own or ())
    return (*mine, *(name for name in BUILT_IN if name not in mine))


def stage(row: OrderRow) -> str:
    """The order's status, which its only parcel is ahead of when it has arrived."""
    if row.status == OrderStatus.IN_TRANSIT and row.tracking_status == "delivered" and row.packages <= 1:
        return OrderStatus.DELIVERED
    return row.status


def fits(name: str, row: OrderRow) -> bool:
    """Whether what the template says is true of an order in this state."""
    return name not in _FITS or stage(row) in _FITS[name]


def fill(name: str, lang: str, facts: Mapping[str, str], own: Mapping[str, str] | None = None) -> str:
    """The text of a template in `id` or `en`. Raises MissingField, PastDate, UnknownTemplate.

    `{{` and `}}` stand for braces; a name in braces that is no field is missing like any other.
    """
    if own and name in own:
        text = own[name]
    elif name in BUILT_IN:
        text = BUILT_IN[name][lang if lang in WORDS else "id"]
    else:
        raise UnknownTemplate(name)

    def put(match: re.Match[str]) -> str:
        field = match[1].strip()
        value = facts.get(field)
        if not value:
            raise MissingField(field) if value is None else PastDate(field)
        return value

    if "*" in facts.get("buyer", "*"):
        text = _GREETED.sub(r"\1", text)
    # One pass over the template only: braces in what an order tells are signs like all others.
    parts = _BRACES.split(text)
    return "".join(part[0] if part in ("{{", "}}") else _FIELD.sub(put, part) for part in parts)


def unknown_fields(text: str) -> list[str]:
    """Names in braces that no order will ever fill."""
    found = (name.strip() for part in _BRACES.split(text) for name in _FIELD.findall(part))
    return [name for name in dict.fromkeys(found) if name not in FIELDS]


def odd_brace(text: str) -> str:
    """Where a brace is opened and not closed, or closed and not opened, with a few signs around it; empty: nowhere."""
    for part in _BRACES.split(text):
        # Fields become as many blanks, so that places stay what they are.
        rest = "" if part in ("{{", "}}") else _FIELD.sub(lambda match: " " * len(match[0]), part)
        if found := re.search(r"[{}]", rest):
            at = found.start()
            return part[at : at + 20] if found[0] == "{" else part[max(at - 19, 0) : at + 1]
    return ""


def facts_of(order: OrderDetail, lang: str, zone: tzinfo, now: int) -> dict[str, str]:
    """What an order fills into a template; what it does not tell is left out, and a moment that is over is empty."""
    row, words = order.row, WORDS[lang]
    code = row.courier or ""
    told = {
        "buyer": row.buyer,
        "order": row.order_id,
        "items": goods(row.summary, lang),
        "total": rupiah(row.total, row.currency),
        "shop": order.shop,
        "note": row.note,
        "city": row.city,
        "status": words.get(f"status.{row.status}"),
        "courier": row.courier_name or (courier_name(code) if code else None),
        "number": row.tracking_number,
        "link": page(row.courier, row.tracking_number).url if row.tracking_number else None,
    }
    facts = {name: one for name, value in told.items() if (one := line(value))}
    for name, at in (("arrange_by", row.arrange_by), ("scan_by", row.scan_by)):
        if at is not None:
            facts[name] = moment(at, lang, zone) if at > now else ""
    return facts


def line(value: str | None, limit: int = _FACT) -> str:
    """Foreign text for one line of a message: no signs that steer a screen, no line ends, not endless."""
    shown = "".join(
        sign if sign == "\u200d" or unicodedata.category(sign) not in _STEERS else " " for sign in value or ""
    )
    return " ".join(shown.split())[:limit].rstrip()
