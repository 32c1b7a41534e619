"""The write that sets a SKU's stock, as a draft, and what its answer proves (Product 202309, Update Inventory).

The quantities are absolute, and every warehouse the SKU has must be named (12019028, 12052533): one that is left out
is refused, never taken for zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from shop.codes import fact
from shop.errors import Kind, Verdict, classify
from shop.reply import Reply
from shop.requests import Draft, body_of
from shop.wire.envelope import open_envelope
from shop.wire.loose import BROKEN
from shop.wire.products import UpdateAnswer, UpdateError, decode_update
from shop.writes import segment
from store.reading.goods import Warehouse

MOST: Final = 99_999
"""The largest number the platform documents. It documents 1 as the smallest, yet a shelf can be empty: 0 is sent."""


def set_stock(product_id: str, sku_id: str, warehouses: Sequence[Warehouse]) -> Draft:
    """What each warehouse of one SKU has from now on. Raises ValueError for no warehouse or a number out of range."""
    if not warehouses or any(not 0 <= one.quantity <= MOST for one in warehouses):
        raise ValueError(f"stock needs warehouses and numbers from 0 to {MOST}")
    inventory = [{"warehouse_id": one.id, "quantity": one.quantity} for one in warehouses]
    body = {"skus": [{"id": sku_id, "inventory": inventory}]}
    return Draft(
        "POST", f"/product/202309/products/{segment(product_id)}/inventory/update", body=body_of(body)
    )


def parse_set_stock(reply: Reply, sku_id: str) -> Verdict:
    """The verdict for the one SKU of the request: a partial failure stands beside code 0.

    Errors that cannot be read to the end, or that name another SKU, leave it unknown.
    """
    whole = classify(reply)
    if whole.kind is not Kind.DONE:
        return whole
    data = open_envelope(reply.body).data
    try:
        answer = UpdateAnswer() if data == b"null" else decode_update(data)
    except BROKEN:
        return _doubtful(whole)
    if not answer.errors:
        return whole
    for error in answer.errors:
        if error.detail is not None and error.detail.sku_id == sku_id:
            return _refusal(error, whole)
    return _doubtful(whole)


def _refusal(error: UpdateError, whole: Verdict) -> Verdict:
    """The SKU's own code, else that of its first warehouse that has one we know."""
    extra = (error.detail.extra_errors if error.detail else None) or ()
    told = [(error.code, error.message), *((one.code, one.message) for one in extra)]
    for code, message in told:
        known = fact(code) if code else None
        if known is not None and known.proves is Kind.REFUSED:
            return Verdict(Kind.REFUSED, code, message or None, whole.request_id)
    # A code nobody listed: whether the number changed, only a read can say.
    return Verdict(Kind.UNKNOWN, error.code, error.message or None, whole.request_id)


def _doubtful(whole: Verdict) -> Verdict:
    return msgspec.structs.replace(whole, kind=Kind.UNKNOWN, message="the errors cannot be read to the end")
