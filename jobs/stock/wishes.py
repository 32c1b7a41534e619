"""What a person wants of stock: another number for a SKU, or the same number in every shop that sells the pile.

A number is how many pieces a shop may still sell, as Seller Center's stock field has it: what is sold and waits for
the courier is not in it. Planning changes nothing; `queue` writes the wishes down in its caller's transaction.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, select

from shop.product_writes import MOST
from store import actions, goods
from store.bulk import one_writer, table_of
from store.models import Action, Shop
from store.reading.goods import Shelf, handed, reserved, shelves
from store.reading.stock_wishes import sku_of
from store.stock import Pile, piles
from store.views import ActionRow

KIND: Final = "stock"
_A: Final = table_of(Action)
_SHOPS: Final = table_of(Shop)
_GOING: Final = ("queued", "sending", "unknown", "needs_person")


class StockParams(msgspec.Struct, frozen=True):
    """What the row keeps."""

    product_id: str
    quantity: int
    """Pieces that may be sold from now on, over all warehouses."""
    seen: int | None
    """What the person saw when they decided; None: not known then."""
    force: bool = False
    """Set it although the number moved since."""
    lacking: int = 0
    """As StockPlan.lacking."""


class SetLine(msgspec.Struct, frozen=True):
    """One shop's number that would be set."""

    shelf: Shelf
    quantity: int


class Held(msgspec.Struct, frozen=True):
    """One shop's number that stays, and why, in a stable word: `file_shop`, `no_product`, `not_counted`,
    `out_of_range`, `same`, `under_way`."""

    shelf: Shelf
    reason: str


class StockPlan(msgspec.Struct, frozen=True):
    """What would be set, and what would not."""

    ok: tuple[SetLine, ...]
    held: tuple[Held, ...]
    lacking: int = 0
    """Pieces that are ordered and not there, where nothing is left to sell: a zero does not bring them."""


def look(conn: Connection) -> list[Pile]:
    """All piles as they stand."""
    query = goods.querying(conn)
    known = shelves(query)
    return piles(known, reserved(query, known), handed(query, known))


def find(every: Sequence[Pile], sku: str, shop: str | None = None) -> list[Pile]:
    """The piles a person can mean by a SKU: the platform's id, or the seller's own code (in any case of letters).

    More than one: the code stands on several goods, and somebody has to say which.
    """
    wanted = sku.strip()
    mine = [pile for pile in every if shop is None or any(one.shop == shop for one in pile.shelves)]
    by_id = [pile for pile in mine if any(one.sku_id == wanted for one in pile.shelves)]
    if by_id:
        return by_id
    exact = [pile for pile in mine if any(one.seller_sku == wanted for one in pile.shelves)]
    if exact:
        return exact
    folded = wanted.casefold()
    return [pile for pile in mine if any((one.seller_sku or "").casefold() == folded for one in pile.shelves)]


def plan_set(conn: Connection, pile: Pile, quantity: int, *, shop: str | None = None) -> StockPlan:
    """Set one number in every shop of the pile, or in one shop only.

    Also where it is so already: what we know may be minutes old, and the sender looks before it sets anything.
    """
    return _plan(conn, pile, quantity, shop)


def plan_level(conn: Connection, pile: Pile) -> StockPlan:
    """Let every shop of the pile sell what is free now, so that from here on each number is known to be of one moment
    (store.stock.on_hand). Nothing where all do already; a pile nobody counted is left alone."""
    if pile.free is None:
        return StockPlan((), tuple(Held(shelf, "not_counted") for shelf in pile.shelves))
    if not pile.uneven and all(shelf.set_at is not None for shelf in pile.shelves):
        return StockPlan((), tuple(Held(shelf, "same") for shelf in pile.shelves))
    return _plan(conn, pile, max(0, pile.free))


def set_low(conn: Connection, pile: Pile, low_at: int | None, by: str, now: int) -> bool:
    """From how many free pieces on the pile counts as low, in all its shops; None: the setting's number. Whether any
    product list told it, so that there is a place to keep that."""
    places = [(shelf.shop_id, shelf.sku_id) for shelf in pile.shelves if shelf.product_id is not None]
    goods.set_low(conn, places, low_at, by, now)
    return bool(places)


def queue(
    conn: Connection, plan: StockPlan, by: str, now: int, *, force: bool = False, covered: bool = False
) -> str:
    """Write the plan down, one action for each shop's SKU; the batch's id for jobs.wishes.intents.progress.

    A SKU that got an action since the plan was made is left to that action. `covered`: the lacking goods came.
    """
    one_writer(conn)
    batch = secrets.token_hex(8)
    busy = _busy(conn)
    for line in plan.ok:
        shelf = line.shelf
        if (shelf.shop_id, shelf.sku_id) in busy:
            continue
        seen = shelf.available
        lacking = 0 if covered else plan.lacking
        params = StockParams(shelf.product_id or "", line.quantity, seen, force, lacking)
        actions.queue(
            conn,
            shop_id=shelf.shop_id,
            kind=KIND,
            order_pk=None,
            order_id="",
            # What was done once counts as live for ever, yet a number is set again and again: the batch tells.
            target=f"{shelf.sku_id}:{batch}",
            package_id=None,
            params=msgspec.to_builtins(params),
            by=by,
            now=now,
            batch_id=batch,
        )
    return batch


def overtaken(conn: Connection, action_id: int) -> bool:
    """Whether an old wish must not be tried again: another number of its SKU is on its way, or was set since."""
    old = conn.execute(select(_A.c.kind, _A.c.shop_id, _A.c.target).where(_A.c.id == action_id)).one_or_none()
    if old is None or old.kind != KIND:
        return False
    newer = select(_A.c.target).where(
        (_A.c.kind == KIND) & (_A.c.shop_id == old.shop_id) & (_A.c.id != action_id),
        _A.c.state.in_(_GOING) | ((_A.c.state == "done") & (_A.c.id > action_id)),
        _A.c.target.startswith(f"{sku_of(old.target)}:", autoescape=True),
    )
    return conn.execute(newer.limit(1)).first() is not None


def _plan(conn: Connection, pile: Pile, quantity: int, shop: str | None = None) -> StockPlan:
    wanted = [shelf for shelf in pile.shelves if shop is None or shelf.shop == shop]
    busy = _busy(conn)
    kinds = {row.id: row.kind for row in conn.execute(select(_SHOPS.c.id, _SHOPS.c.kind))}
    ok, held = [], []
    for shelf in wanted:
        reason = None
        if kinds.get(shelf.shop_id) != "tiktok":
            reason = "file_shop"
        elif shelf.product_id is None:
            reason = "no_product"
        elif not 0 <= quantity <= MOST:
            reason = "out_of_range"
        elif (shelf.shop_id, shelf.sku_id) in busy:
            reason = "under_way"
        if reason is None:
            ok.append(SetLine(shelf, quantity))
        else:
            held.append(Held(shelf, reason))
    lacking = max(0, -(pile.free or 0)) if quantity == 0 else 0
    return StockPlan(tuple(ok), tuple(held), lacking)


def _busy(conn: Connection) -> dict[tuple[int, str], ActionRow]:
    columns = [_A.c[name] for name in ActionRow.__struct_fields__]
    query = select(*columns).where(_A.c.kind == KIND, _A.c.state.in_(_GOING))
    rows = [ActionRow(*row) for row in conn.execute(query)]
    return {(row.shop_id, sku_of(row.target)): row for row in rows}
