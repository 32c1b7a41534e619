"""Texts for buyers with fields that an order fills. Pure.

A field that the order does not tell refuses the whole text and names itself: no buyer ever reads `{resi}` or a blank
where a number should be. Built-in ones exist in both languages; a seller's own (`[chat] templates`) have one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import tzinfo
from typing import Final

from couriers.names import name as courier_name
from couriers.names import page
from jobs.chat.words import WORDS, moment, rupiah
from store.views import OrderDetail

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
        "id": "Halo kak {buyer}, menurut {courier} pesanan {order} sudah sampai. Semoga cocok ya, kak."
        " Kalau ada kendala, kabari kami di sini dulu.",
        "en": "Hello {buyer}, {courier} says that order {order} has arrived. We hope you like it."
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
LONGEST: Final = 2_000
"""Characters of a message, before its fields are filled."""
_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_STEERS: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_FACT: Final = 300
"""Characters of one fact."""


class MissingField(ValueError):
    """The order does not tell this field."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class UnknownTemplate(KeyError):
    """There is no template by this name."""


def names(own: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """All templates: the seller's own first, then the built-in ones that they do not replace."""
    mine = tuple(own or ())
    return (*mine, *(name for name in BUILT_IN if name not in mine))


def fill(name: str, lang: str, facts: Mapping[str, str], own: Mapping[str, str] | None = None) -> str:
    """The text of a template in `id` or `en`. Raises MissingField, UnknownTemplate.

    `{{` and `}}` stand for braces; a name in braces that is no field is missing like any other.
    """
    if own and name in own:
        text = own[name]
    elif name in BUILT_IN:
        text = BUILT_IN[name][lang if lang in WORDS else "id"]
    else:
        raise UnknownTemplate(name)

    def put(match: re.Match[str]) -> str:
        value = facts.get(match[1].strip(), "")
        if not value:
            raise MissingField(match[1].strip())
        return value

    # One pass over the template only: braces in what an order tells are signs like all others.
    parts = re.split(r"(\{\{|\}\})", text)
    return "".join(part[0] if part in ("{{", "}}") else _FIELD.sub(put, part) for part in parts)


def unknown_fields(text: str) -> list[str]:
    """Names in braces that no order will ever fill."""
    parts = re.split(r"\{\{|\}\}", text)
    found = (name.strip() for part in parts for name in _FIELD.findall(part))
    return [name for name in dict.fromkeys(found) if name not in FIELDS]


def facts_of(order: OrderDetail, lang: str, zone: tzinfo) -> dict[str, str]:
    """What an order fills into a template; what it does not tell is left out."""
    row, words = order.row, WORDS[lang]
    code = row.courier or ""
    told = {
        "buyer": row.buyer,
        "order": row.order_id,
        "items": row.summary,
        "total": rupiah(row.total, row.currency),
        "shop": order.shop,
        "note": row.note,
        "city": row.city,
        "status": words.get(f"status.{row.status}"),
        "courier": row.courier_name or (courier_name(code) if code else None),
        "number": row.tracking_number,
        "link": page(row.courier, row.tracking_number).url if row.tracking_number else None,
        "arrange_by": None if row.arrange_by is None else moment(row.arrange_by, lang, zone),
        "scan_by": None if row.scan_by is None else moment(row.scan_by, lang, zone),
    }
    return {name: one for name, value in told.items() if (one := line(value))}


def line(value: str | None, limit: int = _FACT) -> str:
    """Foreign text for one line of a message: no signs that steer a screen, no line ends, not endless."""
    shown = "".join(
        sign if sign == "\u200d" or unicodedata.category(sign) not in _STEERS else " " for sign in value or ""
    )
    return " ".join(shown.split())[:limit].rstrip()
