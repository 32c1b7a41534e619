"""Ingest: the platform's own JSON, from bytes to committed rows, in slices of a page.

python -m bench.ingest [ORDERS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import msgspec

from shop.pages import orders_page
from shop.sandbox.clock import SandboxClock
from shop.sandbox.shapes import order_json
from shop.sandbox.world import World
from shop.wire.envelope import open_envelope
from store.db import Store
from store.orders import ingest, shop_pk
from store.times import now_ms

PAGE = 100


def pages(count: int) -> list[bytes]:
    """Answers of order search with so many orders of a sandbox shop, as they come over the wire."""
    world = World(5, count, 0.0, SandboxClock.manual())
    orders = [order_json(world, order) for order in world]
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


def measure(count: int) -> dict[str, float]:
    """Orders a second into an empty store, again into the same store, and the size of what was read."""
    bodies = pages(count)
    lines = sum(body.count(b'"sku_id"') for body in bodies)
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as folder:
        store = Store.open(str(Path(folder) / "pantau.db"))
        shop = store.write(lambda conn: shop_pk(conn, "bench"))
        rates = []
        for _ in range(2):
            started = time.perf_counter()
            for body in bodies:
                records = orders_page(open_envelope(body).data, None).records
                store.write(lambda conn, records=records: ingest(conn, shop, records, now_ms()))  # type: ignore[misc]
            rates.append(count / (time.perf_counter() - started))
        store.close()
    return {
        "orders/s, new": rates[0],
        "orders/s, read again": rates[1],
        "kB an order": sum(map(len, bodies)) / count / 1_000,
        "lines an order": lines / count,
    }


if __name__ == "__main__":
    for name, value in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000).items():
        print(f"{name:<24}{value:>10.1f}")
