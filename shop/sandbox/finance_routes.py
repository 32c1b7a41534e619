"""The endpoints of finance. Their parameters are checked as strictly as the platform documents them."""

from __future__ import annotations

from typing import Any, Final

from shop.sandbox.answers import only
from shop.sandbox.finance import Cut, Entry
from shop.sandbox.gate import Call, Route, bad
from shop.sandbox.index import SERIALS, key
from shop.sandbox.orders import Order
from shop.sandbox.platform import Platform
from shop.sandbox.search import BadTokenError, Page, Sorting, paged

Json = dict[str, Any]
_BASE: Final = "/finance"
_PAGING: Final = ("page_size", "page_token", "sort_field", "sort_order")
_STATES: Final = ("PAID", "FAILED", "PROCESSING")
_PREFIX: Final = "738"


def finance_routes(scope: str) -> tuple[Route, ...]:
    """The rows of the table of endpoints; `scope` is what the token must hold."""
    rows = (
        ("202309/statements", statements),
        ("202501/statements/*/statement_transactions", of_statement),
        ("202501/orders/*/statement_transactions", of_order),
        ("202507/orders/unsettled", unsettled),
    )
    return tuple(Route("GET", f"{_BASE}/{path}", scope, handler) for path, handler in rows)


def statements(platform: Platform, call: Call) -> Json:
    """GET /finance/202309/statements."""
    only(call, *_PAGING, "statement_time_ge", "statement_time_lt", "payment_status")
    books, wanted = platform.books, call.query.get("payment_status")
    if wanted is not None and wanted not in _STATES:
        raise bad("Invalid parameter payment_status.")
    since, until = _second(call, "statement_time_ge"), _second(call, "statement_time_lt")
    cuts = {
        cut.number: cut
        for cut in books.cuts.values()
        if (since is None or cut.at >= since)
        and (until is None or cut.at < until)
        and (wanted is None or books.status(cut)[0] == wanted)
    }
    page = _page(call, sorted(cuts), "statement_time")
    return _paged(page, "statements", [_statement(platform, cuts[number]) for number in page.keys])


def of_statement(platform: Platform, call: Call) -> Json:
    """GET /finance/202501/statements/{id}/statement_transactions."""
    only(call, *_PAGING)
    cut = platform.books.cuts.get(_number(call.args[0]))
    if cut is None:
        raise bad("Invalid statement_id: the statement was not found.")
    world = platform.world
    # Two transactions may be about one order: their place in the statement keeps them apart.
    places = {key(world.at(entry.serial).created, place): entry for place, entry in enumerate(cut.entries)}
    page = _page(call, sorted(places), "order_create_time")
    rows = [_transaction(platform, cut.number, place & SERIALS, places[place]) for place in page.keys]
    revenue, shipping, fees = _totals(cut)
    return {
        **_paged(page, "transactions", rows),
        "id": call.args[0],
        "create_time": cut.at,
        "status": "SETTLED",
        "currency": "IDR",
        "total_settlement_amount": _text(sum(entry.settlement for entry in cut.entries)),
        "total_settlement_breakdown": {
            "total_revenue_amount": _text(revenue),
            "total_shipping_cost_amount": _text(shipping),
            "total_fee_tax_amount": _text(fees),
            "total_adjustment_amount": _text(sum(entry.adjustment for entry in cut.entries)),
        },
    }


def of_order(platform: Platform, call: Call) -> Json:
    """GET /finance/202501/orders/{id}/statement_transactions: by SKU; none while it is not settled."""
    only(call)
    order = platform.world.order(call.args[0])
    if order is None:
        raise bad("Invalid order_id: the order was not found.")
    told = platform.books.of_order(order)
    lines = platform.world.facts(order).lines
    rows = [
        {
            "statement_id": _id(number),
            "sku_id": lines[0].sku.sku_id,
            "sku_name": lines[0].sku.variation,
            "product_name": lines[0].product.name,
            "quantity": str(sum(line.quantity for line in lines)),
            **_amounts(entry),
        }
        for number, entry in told
        if entry.kind == "ORDER"
    ]
    body: Json = {
        "order_id": call.args[0],
        "order_create_time": order.created,
        "currency": "IDR",
        "total_count": len(rows),
        "settlement_amount": _text(sum(entry.settlement for _, entry in told)),
    }
    return body | ({"sku_transactions": rows} if rows else {})


def unsettled(platform: Platform, call: Call) -> Json:
    """GET /finance/202507/orders/unsettled."""
    only(call, *_PAGING, "search_time_ge", "search_time_lt")
    since, until = _second(call, "search_time_ge"), _second(call, "search_time_lt")
    found = {
        key(order.created, order.serial): order
        for order in platform.books.unsettled()
        if (since is None or order.created >= since) and (until is None or order.created < until)
    }
    page = _page(call, sorted(found), "order_create_time")
    return _paged(page, "transactions", [_estimate(platform, found[place]) for place in page.keys])


def _statement(platform: Platform, cut: Cut) -> Json:
    status, paid = platform.books.status(cut)
    revenue, shipping, fees = _totals(cut)
    body: Json = {
        "id": _id(cut.number),
        "statement_time": cut.at,
        "settlement_amount": _text(sum(entry.settlement for entry in cut.entries)),
        "currency": "IDR",
        "revenue_amount": _text(revenue),
        "shipping_cost_amount": _text(shipping),
        "fee_amount": _text(fees),
        "adjustment_amount": _text(sum(entry.adjustment for entry in cut.entries)),
        "net_sales_amount": _text(revenue),
        "payment_status": status,
    }
    if paid:
        body |= {"payment_time": paid, "payment_id": f"35{cut.number:016d}"}
    return body


def _transaction(platform: Platform, number: int, place: int, entry: Entry) -> Json:
    order_id = platform.world.numbers.order_id(entry.serial)
    body: Json = {"id": f"346{number:06d}{place:09d}", "type": entry.kind, **_amounts(entry)}
    if entry.adjustment:
        adjustment = {"adjustment_id": f"347{number:06d}{place:09d}", "adjustment_order_id": order_id}
        return body | adjustment | {"adjustment_amount": _text(entry.adjustment)}
    return body | {"order_id": order_id, "order_create_time": platform.world.at(entry.serial).created}


def _estimate(platform: Platform, order: Order) -> Json:
    entry = platform.books.entry(order)
    order_id = platform.world.numbers.order_id(order.serial)
    amounts = {f"est_{name}": value for name, value in _amounts(entry).items() if isinstance(value, str)}
    return {
        "id": order_id,
        "type": "ORDER",
        "status": "UNSETTLED",
        "currency": "IDR",
        "order_id": order_id,
        "order_create_time": order.created,
        "order_delivery_time": order.delivered,
        "unsettled_reason": platform.books.reason(order),
        **amounts,
    }


def _amounts(entry: Entry) -> Json:
    revenue, shipping, fees = _parts(entry)
    return {
        "settlement_amount": _text(entry.settlement),
        "revenue_amount": _text(sum(revenue.values())),
        "shipping_cost_amount": _text(sum(shipping.values())),
        "fee_tax_amount": _text(sum(fees.values())),
        "revenue_breakdown": _told(revenue),
        "shipping_cost_breakdown": _told(shipping),
        "fee_tax_breakdown": {"fee": _told(fees), "tax": {}},
    }


def _parts(entry: Entry) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    return entry.revenue, entry.shipping, entry.fees


def _totals(cut: Cut) -> tuple[int, int, int]:
    """Revenue, shipping and fees of a statement."""
    sums = [[sum(part.values()) for part in _parts(entry)] for entry in cut.entries]
    revenue, shipping, fees = (sum(column) for column in zip(*sums, strict=True))
    return revenue, shipping, fees


def _told(amounts: dict[str, int]) -> dict[str, str]:
    return {name: _text(value) for name, value in amounts.items()}


def _text(amount: int) -> str:
    """Money as the platform spells it."""
    return f"{amount}.00" if amount else "0"


def _page(call: Call, keys: list[int], field: str) -> Page:
    if call.query.get("sort_field") != field:
        raise bad(f"Invalid sort_field: must be {field}.")
    if (order := call.query.get("sort_order", "ASC")) not in ("ASC", "DESC"):
        raise bad("Invalid sort_order.")
    size = call.query.get("page_size", "20")
    if not (size.isascii() and size.isdigit() and 1 <= int(size) <= 100):
        raise bad("Invalid page_size: must be between 1 and 100.")
    filters = {name: value for name, value in sorted(call.query.items()) if name.endswith(("_ge", "_lt"))}
    about = f"{call.path} {order} {filters}"
    wanted = Sorting(field, order == "DESC", int(size))
    try:
        return paged(keys, 0, len(keys), wanted, call.query.get("page_token", ""), about)
    except BadTokenError as error:
        raise bad(f"Invalid page_token: {error}") from None


def _paged(page: Page, name: str, rows: list[Json]) -> Json:
    return {"next_page_token": page.next_token, "total_count": page.total, name: rows}


def _second(call: Call, name: str) -> int | None:
    told = call.query.get(name)
    if told is None:
        return None
    if not (told.isascii() and told.isdigit() and len(told) <= 10):
        raise bad(f"Invalid parameter {name}.")
    return int(told)


def _id(number: int) -> str:
    return f"{_PREFIX}{number:016d}"


def _number(statement_id: str) -> int:
    number = statement_id.removeprefix(_PREFIX)
    return int(number) if number.isascii() and number.isdigit() and len(number) == 16 else -1
