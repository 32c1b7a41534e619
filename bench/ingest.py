"""Ingest: the platform's own JSON, from bytes to committed rows, in slices of five pages and of one.

python -m bench.ingest [ORDERS]          measure
python -m bench.ingest pages ORDERS FILE write the answers a platform would give, for another process
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import msgspec

from jobs.collector import calm
from shop.pages import orders_page
from shop.sandbox.clock import SandboxClock
from shop.sandbox.shapes import order_json
from shop.sandbox.world import World
from shop.wire.envelope import open_envelope
from store.db import Store
from store.orders import ingest, shop_pk
from store.times import now_ms

PAGE = 100
SLICE = 5
"""Pages a transaction: what a long catch-up or a file brings at once."""
LINES = 2.5
"""Lines of an order of the platform, on average: one entry per unit."""


def pages(count: int) -> list[bytes]:
    """Answers of order search with so many orders of a sandbox shop, as they come over the wire: a page of
    them at a time, the longest unchanged first."""
    world = World(5, count, 0.0, SandboxClock.manual())
    orders = sorted((order_json(world, order) for order in world), key=lambda order: order["update_time"])
    missing = round(LINES * count) - sum(len(order["line_items"]) for order in orders)
    for one in range(missing):
        order = orders[one * count // missing]
        order["line_items"].append({**order["line_items"][-1], "id": f"{order['line_items'][-1]['id']}0"})
    return [
        msgspec.json.encode(
            {
                "code": 0,
                "message": "Success",
                "request_id": "bench",
                "data": {"orders": orders[at : at + PAGE], "total_count": count, "next_page_token": "x"},
            }
        )
        for at in range(0, len(orders), PAGE)
    ]


def take_in(bodies: list[bytes], pages_a_slice: int) -> tuple[float, float]:
    """Orders a second from bytes to committed rows: into an empty store, and again into the same one."""
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as folder:
        store = Store.open(str(Path(folder) / "pantau.db"))
        shop = store.write(lambda conn: shop_pk(conn, "bench"))
        rates = []
        for _ in range(2):
            started = time.perf_counter()
            seen = 0
            for at in range(0, len(bodies), pages_a_slice):
                records = [
                    record
                    for body in bodies[at : at + pages_a_slice]
                    for record in orders_page(open_envelope(body).data, None).records
                ]
                seen += len(records)
                store.write(lambda conn, records=records: ingest(conn, shop, records, now_ms()))  # type: ignore[misc]
            rates.append(seen / (time.perf_counter() - started))
        store.close()
    return rates[0], rates[1]


def measure(count: int) -> dict[str, float]:
    """Orders a second by slice, and the size of what was read."""
    bodies = pages(count)
    take_in(bodies[:5], 1)  # imports and caches
    calm()
    sliced, again = take_in(bodies, SLICE)
    paged, _ = take_in(bodies, 1)
    lines = sum(body.count(b'"sku_id"') for body in bodies)
    return {
        "orders/s, new": sliced,
        "orders/s, new, pages of 100": paged,
        "orders/s, read again": again,
        "kB an order": sum(map(len, bodies)) / count / 1_000,
        "lines an order": lines / count,
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["pages"]:
        Path(sys.argv[3]).write_bytes(msgspec.msgpack.encode(pages(int(sys.argv[2]))))
    else:
        for name, value in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000).items():
            print(f"{name:<28}{value:>10.1f}")
