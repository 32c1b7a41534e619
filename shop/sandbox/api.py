"""The table of endpoints and the way of one request through it: fault, door, handler, envelope, fault."""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shop.sandbox import packages, reads, writes
from shop.sandbox.aftersale_routes import aftersale_routes
from shop.sandbox.chat_routes import chat_routes
from shop.sandbox.faults import Fault
from shop.sandbox.finance_routes import finance_routes
from shop.sandbox.gate import Call, DeniedError, Route, Routes, check, query_of
from shop.sandbox.mishaps import mishap
from shop.sandbox.platform import Json, Platform, RefusedError
from shop.sandbox.product_routes import product_routes

_SHOPS, _ORDERS = "seller.authorization.info", "seller.order.info"
_BASIC, _PACKAGES = "seller.fulfillment.basic", "seller.fulfillment.package.write"
_LOGISTICS, _REQUESTS, _PRODUCTS = "seller.logistics", "seller.return_refund.basic", "seller.product.basic"
_CHATS: Final = "seller.customer_service"

ROUTES: Final = Routes(
    (
        Route("GET", "/authorization/202309/shops", _SHOPS, reads.authorized_shops, cipher=False),
        Route("POST", "/order/202309/orders/search", _ORDERS, reads.search_orders),
        Route("GET", "/order/202309/orders", _ORDERS, reads.order_detail),
        Route("GET", "/order/202507/orders", _ORDERS, reads.order_detail),
        Route("POST", "/fulfillment/202309/packages/search", _BASIC, reads.search_packages),
        Route("POST", "/fulfillment/202309/packages/ship", _BASIC, writes.batch_ship),
        Route("POST", "/fulfillment/202309/packages/combine", _PACKAGES, packages.combine),
        Route("POST", "/fulfillment/202309/packages/*/uncombine", _PACKAGES, packages.uncombine),
        Route("GET", "/fulfillment/202309/combinable_packages/search", _PACKAGES, packages.search_combinable),
        Route("GET", "/fulfillment/202309/orders/split_attributes", _PACKAGES, packages.split_attributes),
        Route("POST", "/fulfillment/202309/orders/*/split", _PACKAGES, packages.split),
        Route(
            "POST", "/fulfillment/202309/packages/*/shipping_info/update", _BASIC, packages.correct_package
        ),
        Route(
            "POST", "/fulfillment/202309/orders/*/shipping_info/update", _LOGISTICS, packages.correct_order
        ),
        Route("GET", "/fulfillment/202309/packages/*", _BASIC, reads.package_detail),
        Route("POST", "/fulfillment/202309/packages/*/ship", _BASIC, writes.ship),
        Route("GET", "/fulfillment/202309/packages/*/handover_time_slots", _PACKAGES, reads.time_slots),
        Route("GET", "/fulfillment/202309/packages/*/shipping_documents", _BASIC, writes.document),
        Route("GET", "/fulfillment/202309/orders/*/tracking", _LOGISTICS, reads.tracking),
        *aftersale_routes(_REQUESTS),
        *chat_routes(_CHATS),
        *finance_routes("seller.finance.info"),
        *product_routes(_PRODUCTS, "seller.product.write"),
        Route("GET", "/logistics/202309/warehouses", _LOGISTICS, reads.warehouses),
        Route(
            "GET", "/logistics/202309/warehouses/*/delivery_options", _LOGISTICS, packages.delivery_options
        ),
        Route(
            "GET",
            "/logistics/202309/delivery_options/*/shipping_providers",
            _BASIC,
            packages.shipping_providers,
        ),
    )
)
_GRANTS: Final = {"/api/v2/token/get": "auth_code", "/api/v2/token/refresh": "refresh_token"}


class Api:
    """The ASGI application behind everything that is not administration."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request, or let it meet its fault."""
        request = Request(scope, receive)
        body = await request.body()
        fault = self._platform.faults.strike(scope["path"])
        if fault is not None and fault.name == "slow":
            await asyncio.sleep(fault.seconds)
            fault = None
        response = self._answered(request, body, fault)
        response.headers["date"] = formatdate(self._platform.world.clock.wall(), usegmt=True)
        await response(scope, receive, send)

    def _answered(self, request: Request, body: bytes, fault: Fault | None) -> Response:
        request_id = self._platform.request_id()
        early = mishap(fault, None, request_id) if fault is not None else None
        if early is not None:
            return early
        path = request.scope["path"]
        if path.startswith("/documents/"):
            response = self._download(request, path)
        elif path in _GRANTS:
            response = self._granted(request, path, request_id)
        else:
            response = self._called(request, path, body, request_id)
        late = mishap(fault, response, request_id) if fault is not None else None
        return late or response

    def _called(self, request: Request, path: str, body: bytes, request_id: str) -> Response:
        platform = self._platform
        try:
            route, args = ROUTES.find(request.method, path)
            query = query_of(request.scope["query_string"])
            wall = platform.world.clock.wall()
            check(platform.account, route, path, query, request.headers, body, wall)
            base = f"{request.url.scheme}://{request.url.netloc}"
            call = Call(request.method, path, args, query, body, request_id, base)
            with platform.world.lock:
                platform.world.tick()
                return envelope(request_id, data=route.handler(platform, call))
        except DeniedError as denied:
            return envelope(request_id, denied.code, str(denied), status=denied.status)
        except RefusedError as refused:
            return envelope(request_id, refused.refusal.code, refused.refusal.message)

    def _granted(self, request: Request, path: str, request_id: str) -> Response:
        """The auth host: not signed, the secret travels in the query."""
        account = self._platform.account
        if request.method != "GET":
            return envelope(request_id, 36009010, "Invalid method.", status=405)
        try:
            query = query_of(request.scope["query_string"])
        except DeniedError as denied:
            return envelope(request_id, denied.code, str(denied), status=denied.status)
        name = _GRANTS[path]
        grant_type = "authorized_code" if name == "auth_code" else "refresh_token"
        if (query.get("app_key"), query.get("app_secret")) != (account.app_key, account.app_secret):
            return envelope(request_id, 36009004, "Invalid app_key or app_secret.", status=400)
        if query.get("grant_type") != grant_type or not query.get(name):
            return envelope(request_id, 36009004, f"Invalid grant_type or missing {name}.", status=400)
        made = account.exchange(query[name]) if name == "auth_code" else account.refresh(query[name])
        if made is None:
            return envelope(request_id, 36004004, f"Invalid {name}.")
        data = {
            "access_token": made.access_token,
            "access_token_expire_in": made.access_token_expire_in,
            "refresh_token": made.refresh_token,
            "refresh_token_expire_in": made.refresh_token_expire_in,
            "open_id": "sandboxOpenId",
            "seller_name": account.shop_name,
            "seller_base_region": "ID",
            "user_type": 0,
            "granted_scopes": sorted(account.scopes),
        }
        return envelope(request_id, message="success", data=data)

    def _download(self, request: Request, path: str) -> Response:
        with self._platform.world.lock:
            paper = writes.download(self._platform, path, dict(request.query_params))
        if paper is None or request.method != "GET":
            return Response("Request has expired", 403, media_type="text/plain")
        return Response(paper.content, media_type=paper.content_type)


def envelope(
    request_id: str, code: int = 0, message: str = "Success", data: Json | None = None, status: int = 200
) -> Response:
    """The platform's envelope; on errors `data` is left out."""
    body: dict[str, Any] = {"code": code, "message": message, "request_id": request_id}
    if data is not None:
        body["data"] = data
    return Response(msgspec.json.encode(body), status, media_type="application/json")
