"""Numbers of pieces that were asked for, as the outbox keeps them."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from store.views import ActionRow


class Setting(NamedTuple):
    """A number on its way to the platform."""

    shop_id: int
    sku_id: str
    state: str
    quantity: int | None
    requested_at: int


class Wish(msgspec.Struct, frozen=True):
    """What an action of the kind `stock` wants; what cannot be read is None."""

    sku_id: str = ""
    quantity: int | None = None
    seen: int | None = None
    """How many were for sale when it was wished."""
    lacking: int = 0
    """Pieces that were ordered beyond what there was, when nothing was left to sell: a zero brings no goods."""


_decode = msgspec.json.Decoder(Wish).decode


def sku_of(target: str) -> str:
    """The SKU a stock action is about: its target is `<sku>:<moment>`, for a number may be set again and again."""
    return target.partition(":")[0]


def stock_wish(row: ActionRow) -> Wish | None:
    """Which SKU an action of the outbox sets to what; None for the other kinds."""
    return wished(row.target, row.params) if row.kind == "stock" else None


def wished(target: str, params: str) -> Wish:
    """A stock action's target and parameters as values."""
    try:
        wish = _decode(params)
    except (msgspec.MsgspecError, ValueError):
        wish = Wish()
    return msgspec.structs.replace(wish, sku_id=sku_of(target))
