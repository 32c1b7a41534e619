"""From a record to the columns of its order. Pure: no storage, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b
from typing import Any, Final, Protocol, TypeVar

import msgspec

from store.records import ItemRecord, OrderRecord

SUMMARY_LIMIT: Final = 160

_encode: Final = msgspec.json.Encoder().encode

_FIELDS: Final[tuple[str, ...]] = OrderRecord.__struct_fields__
_ITEMS: Final = _FIELDS.index("items")
assert _FIELDS[_ITEMS : _ITEMS + 2] == ("items", "packages")
PLAIN: Final = _FIELDS[:_ITEMS] + _FIELDS[_ITEMS + 2 :]
"""The record's fields that are columns of the order under the same name, in the order of `plain`."""

TOPIC: Final[dict[str, str]] = {
    **dict.fromkeys(("arrange_by", "scan_by", "deadline_source", "cancel_at"), "deadline"),
    **dict.fromkeys(("buyer", "buyer_id", "city", "province", "address", "phone"), "address"),
    **dict.fromkeys(("paid_at", "shipped_at", "collected_at", "delivered_at", "created_at"), "times"),
    **dict.fromkeys(("total", "subtotal", "shipping_fee", "currency", "payment_method"), "money"),
    **dict.fromkeys(("fulfillment_type", "shipping_type", "delivery_option", "priority"), "delivery"),
    "raw_status": "status",
}
"""What a changed column is called in the feed; a column that is not here goes by its own name."""


class PackageLike(Protocol):
    """What decides which parcel speaks for the order: records and rows both have it."""

    @property
    def package_id(self) -> str: ...
    @property
    def status(self) -> str | None: ...


P = TypeVar("P", bound=PackageLike)


def fingerprint(record: OrderRecord) -> tuple[OrderRecord, bytes]:
    """The record fit for both databases, and the BLAKE2b-8 of everything in it.

    NUL, which PostgreSQL refuses, and lone surrogates, which no database takes, are looked for in the encoded
    bytes: one search for the whole record.
    """
    try:
        body = _encode(record)
    except UnicodeEncodeError:
        record = scrub(record)
        body = _encode(record)
    # A lone backslash is found thirty times as fast, and hardly a body has one.
    if b"\\" in body and b"\\u0000" in body:
        record = scrub(record)
        body = _encode(record)
    return record, blake2b(body, digest_size=8).digest()


def scrub(record: OrderRecord) -> OrderRecord:
    """A copy without NUL and with U+FFFD for lone surrogates."""
    return msgspec.convert(_scrub(msgspec.to_builtins(record)), OrderRecord)


def _scrub(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {key: _scrub(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_scrub(part) for part in value]
    return value


def plain(record: OrderRecord) -> tuple[Any, ...]:
    """The values of PLAIN."""
    values = msgspec.structs.astuple(record)
    return values[:_ITEMS] + values[_ITEMS + 2 :]


def summary(items: Sequence[ItemRecord]) -> tuple[str, int]:
    """The items in one line and their number: `2x Kaos Polos Hitam, L`, `3 barang: Kaos Polos, Topi`."""
    if len(items) == 1:
        item = items[0]
        name = f"{item.name} {item.variation}" if item.variation else item.name
        return f"{item.quantity}x {name}"[:SUMMARY_LIMIT], item.quantity
    if not items:
        return "", 0
    units = sum([item.quantity for item in items])
    names = ", ".join(dict.fromkeys([item.name for item in items]))
    return f"{units} barang: {names}"[:SUMMARY_LIMIT], units


def lead(packages: Iterable[P]) -> P | None:
    """The parcel whose courier and number the list shows: the first by id that is not cancelled."""
    return min(packages, key=lambda p: (p.status == "CANCELLED", p.package_id), default=None)


def topics(changed: Collection[str], *, status_changed: bool) -> list[str]:
    """What the feed calls these columns; the times that come with a step of status are not worth a word."""
    names = {TOPIC.get(column, column) for column in changed}
    if status_changed:
        names -= {"status", "times", "deadline"}
    return sorted(names)
