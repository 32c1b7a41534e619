"""The packing table: the evidence of each packing, and the codes that stand on goods.

Every function works in its caller's transaction. What belongs where, and when to stop, is decided in
jobs/packing/rules.py. A packing that has ended never changes again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, update

from store import changes
from store.bulk import insert_into, one_writer, table_of
from store.models import Barcode, Packing, Stock
from store.packing_facts import (
    ABORTED,
    OPEN,
    PACKED,
    STOPPED,
    Contents,
    Kept,
    Parcel,
    Stop,
    contents_of,
    encode,
    stops_of,
)

_PACKINGS: Final = table_of(Packing)
_BARCODES: Final = table_of(Barcode)
_STOCK: Final = table_of(Stock)


def begin(conn: Connection, parcel: Parcel, inside: Contents, packer: str, now: int) -> int:
    """A packing begins; its id."""
    one_writer(conn)
    return _add(conn, parcel, inside, packer, now, OPEN, ())


def stopped(
    conn: Connection, parcel: Parcel | None, stop: Stop, packer: str, *, reopen: int | None = None
) -> int:
    """A hard stop before anything was packed, or in the middle of packing `reopen`; the packing's id.

    A code that no parcel answers to is kept too, with nothing but the code.
    """
    one_writer(conn)
    if reopen is not None and (row := load(conn, reopen)) is not None and row.outcome == OPEN:
        _write(conn, reopen, outcome=STOPPED, stops=encode((*row.stops, stop)))
        _tell(conn, stop.at, parcel, "packing.stopped", packer, stop.reason)
        return reopen
    made = _add(conn, parcel, Contents(), packer, stop.at, STOPPED, (stop,), code=stop.code)
    _tell(conn, stop.at, parcel, "packing.stopped", packer, stop.reason)
    return made


def load(conn: Connection, packing_id: int) -> Kept | None:
    """A packing as it is stored now."""
    row = conn.execute(select(_PACKINGS).where(_PACKINGS.c.id == packing_id)).one_or_none()
    if row is None:
        return None
    told = dict(row._mapping)
    inside, stops = contents_of(told.pop("items")), stops_of(told.pop("stops"))
    return Kept(**told, contents=inside, stops=stops)


def save(conn: Connection, packing_id: int, inside: Contents, stops: Sequence[Stop] | None = None) -> None:
    """Keep what happened to an open packing; one that has ended stays as it is."""
    values = {"items": encode(inside)}
    if stops is not None:
        values["stops"] = encode(tuple(stops))
    conn.execute(update(_PACKINGS).where(_open(packing_id)).values(**values))


def halt(conn: Connection, row: Kept, inside: Contents, stop: Stop, parcel: Parcel) -> None:
    """A hard stop that leaves the packing open: a wrong thing was scanned."""
    one_writer(conn)
    save(conn, row.id, inside, (*row.stops, stop))
    _tell(conn, stop.at, parcel, "packing.stopped", row.packer, stop.reason)


def acknowledge(conn: Connection, packing_id: int, by: str, now: int, *, overruled: bool = False) -> bool:
    """A person has seen the stop; whether there was one to be seen. A stopped packing ends with it."""
    row = load(conn, packing_id)
    if row is None or (stop := row.halted) is None:
        return False
    seen = Stop(stop.at, stop.reason, stop.code, stop.facts, now, by, overruled)
    ended = now if row.outcome == STOPPED else row.done_at
    _write(conn, packing_id, stops=encode((*row.stops[:-1], seen)), done_at=ended)
    return True


def finish(conn: Connection, row: Kept, inside: Contents, parcel: Parcel, now: int) -> None:
    """It is packed."""
    one_writer(conn)
    _write(conn, row.id, outcome=PACKED, items=encode(inside), done_at=now)
    _tell(conn, now, parcel, "packing.done", row.packer)


def abort(conn: Connection, packing_id: int, now: int) -> bool:
    """Left without packing; whether it was open."""
    done = update(_PACKINGS).where(_open(packing_id)).values(outcome=ABORTED, done_at=now)
    return conn.execute(done).rowcount > 0


def teach(conn: Connection, shop_id: int, code: str, sku_id: str, now: int) -> None:
    """This code stands on goods of this SKU; what it stood for before is forgotten."""
    values = {"sku_id": sku_id, "taught_at": now}
    add = insert_into(conn, _BARCODES).values(shop_id=shop_id, code=code, **values)
    conn.execute(add.on_conflict_do_update(index_elements=["shop_id", "code"], set_=values))


def forget(conn: Connection, shop_id: int, code: str) -> bool:
    """Unlearn a code; whether it was known."""
    here = (_BARCODES.c.shop_id == shop_id) & (_BARCODES.c.code == code)
    return conn.execute(delete(_BARCODES).where(here)).rowcount > 0


def skus(conn: Connection, shop_id: int, codes: Sequence[str]) -> Mapping[str, str]:
    """Which SKU of the shop each of these texts stands for, taught or as the stock list has it."""
    known = conn.execute(
        select(_BARCODES.c.code, _BARCODES.c.sku_id)
        .where(_BARCODES.c.shop_id == shop_id, _BARCODES.c.code.in_(codes))
    )  # fmt: skip
    taught = {row.code: row.sku_id for row in known}
    here = _STOCK.c.shop_id == shop_id
    own = func.lower(_STOCK.c.seller_sku).in_([code.lower() for code in codes])
    listed = select(_STOCK.c.sku_id, _STOCK.c.seller_sku).where(here, _STOCK.c.sku_id.in_(codes) | own)
    stock: dict[str, str] = {}
    for row in conn.execute(listed):
        stock.setdefault(row.sku_id, row.sku_id)
        stock.setdefault((row.seller_sku or "").lower(), row.sku_id)
    found = {code: stock.get(code) or stock.get(code.lower()) for code in codes}
    return {code: sku for code, sku in found.items() if sku} | taught


def _add(
    conn: Connection,
    parcel: Parcel | None,
    inside: Contents,
    packer: str,
    at: int,
    outcome: str,
    stops: tuple[Stop, ...],
    code: str = "",
) -> int:
    lead = parcel.parts[0] if parcel is not None else None
    values = {
        "shop_id": parcel.shop_id if parcel is not None else 0,
        "order_pk": lead.pk if lead is not None else 0,
        "order_id": lead.order_id if lead is not None else "",
        "package_id": parcel.package_id if parcel is not None else "",
        "tracking_number": parcel.tracking_number if parcel is not None else code,
        "packer": packer,
        "begun_at": at,
        "outcome": outcome,
        "items": encode(inside),
        "stops": encode(stops),
    }
    made: int = conn.execute(insert(_PACKINGS).values(**values).returning(_PACKINGS.c.id)).scalar_one()
    return made


def _write(conn: Connection, packing_id: int, **values: Any) -> None:
    conn.execute(update(_PACKINGS).where(_PACKINGS.c.id == packing_id).values(**values))


def _open(packing_id: int) -> Any:
    return (_PACKINGS.c.id == packing_id) & (_PACKINGS.c.outcome == OPEN)


def _tell(
    conn: Connection, at: int, parcel: Parcel | None, kind: str, packer: str, reason: str | None = None
) -> None:
    """One row of the feed for each order of the parcel."""
    parts = parcel.parts if parcel is not None else (None,)
    about = changes.detail(package_id=parcel.package_id if parcel else None, packer=packer)
    shop_id = parcel.shop_id if parcel is not None else None
    rows = [
        (at, shop_id, part.pk if part else None, part.order_id if part else None, kind, None, reason, about, "seller")
        for part in parts
    ]  # fmt: skip
    changes.append(conn, rows)
