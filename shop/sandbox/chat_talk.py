"""What buyers write about their orders, when they do, and what their texts are like. Pure.

Slang, abbreviations, anger and thanks as sellers in Indonesia know them; a few texts are hostile on purpose (escape
sequences, letters that turn the line around, markup, a formula, far too long).
"""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from shop.sandbox.draw import pick_by
from shop.sandbox.orders import Order
from shop.sandbox.pace import Pace

MINUTE, HOUR, DAY = 60, 3_600, 86_400

_QUESTIONS: Final[dict[str, tuple[str, ...]]] = {
    "released": (
        "kak kapan dikirim ya?",
        "min udh diproses blm? butuh cpt nih buat kado",
        "ka bs ganti warna ga? klo bs yg item aja",
        "masih bisa dicancel ga kak, salah pilih ukuran 🙏",
        "tlg packing yg aman ya kak, pake bubble wrap",
        "Halo kak, pesanan saya nomornya yang mana ya? kok ga ketemu",
    ),
    "shipped": (
        "resi nya kok blm gerak2 ya kak",
        "min ini dikirim pake kurir apa?",
        "udh dijemput kurirnya blm ka",
    ),
    "collected": (
        "paket saya dmn ya min? udh 3 hari blm nyampe",
        "kak kok lama bgt, estimasi nyampe kapan??",
        "kurirnya ga ada kabar ka, bs minta no resinya?",
        "ini ada asuransinya ga kak? takut ilang",
    ),
    "delivered": (
        "kok statusnya terkirim pdhl sy BLM TERIMA apa2???",
        "makasih kak udh nyampe, bagus bgt ❤",
        "ka barangnya penyok gmn nih",
        "paketnya dititip ke siapa ya? di rumah ga ada org",
    ),
    "cancelled": (
        "uang saya balik kapan ya kak?",
        "kok dibatalin sih min",
        "refund nya udh seminggu blm masuk, gmn?",
    ),
}  # fmt: skip
"""By the moment of the order they follow."""
HOSTILE: Final = (
    "\x1b[2J\x1b[31mpaket\x1b[0m mana\a\r\nbaris dua",
    "‮gnayas akak‬ ​​halo",
    "[bold red]diskon[/] {0} %s [/] \\[",
    '=HYPERLINK("http://contoh.invalid";"klik")',
    "tolong " * 400,
    "👩‍👩‍👧‍👦" * 40 + " halo 漢字かな",
    "satu\n\n\ndua\n" + "t" * 300,
)
_AFTER: Final = {
    "released": 2 * HOUR,
    "shipped": 5 * HOUR,
    "collected": 2 * DAY,
    "delivered": 3 * HOUR,
    "cancelled": HOUR,
}
_SHARE: Final = {"released": 0.06, "shipped": 0.03, "collected": 0.06, "delivered": 0.06, "cancelled": 0.15}
_THANKS: Final = ("oke makasih kak", "siap ditunggu ya min", "ok", "🙏🙏", "baik kak, cepet ya tapi")
ROBOT: Final = "Halo kak! Terima kasih sudah menghubungi kami. Pesan kakak akan segera kami balas ya 😊"
ANSWERS: Final = (
    "Baik kak, kami cek dulu ya 🙏",
    "Siap kak, segera kami proses ya",
    "Mohon ditunggu ya kak, sudah di jalan",
)
_TAG: Final = {name: 501 + 10 * place for place, name in enumerate(_QUESTIONS)}
_HOSTILE_SHARE: Final = 0.04


class Said(NamedTuple):
    """A message as it goes over the wire."""

    role: str
    kind: str
    content: str


class Plan(NamedTuple):
    """A buyer will write about an order, unless it has moved on by then."""

    at: int
    serial: int
    about: str


def plans(pace: Pace, order: Order) -> list[Plan]:
    """What this order's buyer will ask about what has happened so far."""
    found = []
    for about, share in _SHARE.items():
        since = getattr(order, about)
        if since and pace.chance(order, _TAG[about]) < share:
            wait = (0.1 + pace.chance(order, _TAG[about] + 1)) * _AFTER[about]
            found.append(Plan(pace.after(since, wait), order.serial, about))
    return found


def question(pace: Pace, order: Order, order_id: str, about: str) -> list[Said]:
    """What the buyer writes, in one or a few messages."""
    tag = _TAG[about]
    words = pick_by(pace.chance(order, tag + 2), _QUESTIONS[about])
    luck = pace.chance(order, tag + 3)
    if luck < _HOSTILE_SHARE:
        words = pick_by(luck / _HOSTILE_SHARE, HOSTILE)
    said = [Said("BUYER", "BUYER_ENTER_FROM_ORDER", dumped(content="")), card(order_id)] if luck > 0.5 else []
    said.append(Said("BUYER", "TEXT", dumped(content=words)))
    if 0.30 < luck < 0.36:
        said.append(
            Said("BUYER", "IMAGE", dumped(url="https://p16.example.invalid/img.webp", width=720, height=1280))
        )
    elif 0.36 < luck < 0.40:
        said.append(Said("BUYER", "EMOTICONS", dumped(content="[cry]")))
    elif 0.40 < luck < 0.43:
        said.append(Said("BUYER", "LIVE_CARD", dumped(room_id=7_500_000_000_000_000_001)))
    elif 0.43 < luck < 0.45:
        said.append(Said("BUYER", "TEXT", '{"content": "putus di teng'))
    return said


def card(order_id: str, role: str = "BUYER") -> Said:
    """The card of an order."""
    return Said(role, "ORDER_CARD", dumped(order_id=order_id))


def text(role: str, words: str) -> Said:
    """A plain message."""
    return Said(role, "TEXT", dumped(content=words))


def thanks(pace: Pace, order: Order) -> Said | None:
    """How the buyer takes an answer; most say nothing."""
    luck = pace.chance(order, 591)
    return text("BUYER", pick_by(luck / 0.4, _THANKS)) if luck < 0.4 else None


def dumped(**members: object) -> str:
    """The JSON inside the string."""
    return json.dumps(members, ensure_ascii=False, separators=(",", ":"))
