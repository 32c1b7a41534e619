"""Stores to measure on: N orders of a plausible shop, built once through the program's own ingest and kept.

python -m bench.data 1000000
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from store import __version__
from store.db import Store
from store.orders import ingest, shop_pk
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.times import DAY, HOUR, now_ms

OUT: Final = Path(__file__).parent / "out"
SHOP: Final = "toko-bench"

# A seller's history is mostly history.
_MIX: Final = (
    ("UNPAID", 1),
    ("AWAITING_SHIPMENT", 10),
    ("AWAITING_COLLECTION", 6),
    ("IN_TRANSIT", 8),
    ("DELIVERED", 5),
    ("COMPLETED", 63),
    ("CANCELLED", 7),
)
_PRODUCTS: Final = (
    "Kaos Polos",
    "Topi Trucker",
    "Masker 3D",
    "Helm Bogo Retro",
    "Celana Cargo",
    "Tas Selempang",
)
_VARIATIONS: Final = ("Hitam, L", "Putih, M", "Navy", "Merah, XL", "Doff")
_BUYERS: Final = ("B*** S***", "R***", "D*** A***", "S***", "N*** P***", "A***")
_COURIERS: Final = (("jnt", "J&T Express"), ("sicepat", "SiCepat"), ("jne", "JNE"), ("anteraja", "AnterAja"))


def orders(count: int, now: int, seed: int = 7) -> Iterator[OrderRecord]:
    """Records with 2.5 lines each on average, the same for the same seed and present."""
    rng = random.Random(seed)
    statuses = rng.choices([s for s, _ in _MIX], [w for _, w in _MIX], k=count)
    for number, status in enumerate(statuses):
        # Spread over two years; open orders are of the last days, with their clocks ahead.
        open_order = status in ("UNPAID", "AWAITING_SHIPMENT", "AWAITING_COLLECTION", "IN_TRANSIT")
        created = now - rng.randrange(2 * DAY if open_order else 700 * DAY)
        code, name = rng.choice(_COURIERS)
        shipped = status in ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED")
        yield OrderRecord(
            order_id=str(580_000_000_000_000_000 + number),
            status=status,
            raw_status=status,
            created_at=created,
            paid_at=created + 60_000,
            updated_at=created + 120_000,
            # Far enough ahead that the action tab stays a seller's size in a store of any size.
            arrange_by=now + 20 * HOUR + rng.randrange(2 * DAY) if open_order else created + DAY,
            scan_by=now + 44 * HOUR + rng.randrange(2 * DAY) if open_order else created + 2 * DAY,
            deadline_source="platform",
            cod=rng.random() < 0.2,
            buyer=rng.choice(_BUYERS),
            city="Kota Bandung",
            province="Jawa Barat",
            note="tolong bubble wrap" if rng.random() < 0.1 else None,
            total=rng.randrange(30, 900) * 500,
            items=tuple(
                ItemRecord(
                    sku_id=str(1_730_000_000_000_000_000 + rng.randrange(500)),
                    seller_sku=f"SKU-{rng.randrange(500):03d}",
                    name=rng.choice(_PRODUCTS),
                    variation=rng.choice(_VARIATIONS),
                    quantity=1 + (rng.random() < 0.2),
                    unit_price=rng.randrange(30, 400) * 500,
                )
                for _ in range(2 + number % 2)
            ),
            packages=(
                PackageRecord(
                    package_id=str(1_150_000_000_000_000_000 + number),
                    status="PROCESSING" if shipped else "TO_FULFILL",
                    courier=code,
                    courier_name=name,
                    tracking_number=f"JP{rng.randrange(10**10):010d}" if shipped else None,
                ),
            ),
        )


def folder(count: int) -> Path:
    """The data folder of a store with so many orders, built when it is not there yet."""
    target = OUT / f"{__version__}-{count}"
    if (target / "pantau.db").exists():
        return target
    build = OUT / f"building-{os.getpid()}"
    build.mkdir(parents=True, mode=0o700)
    started = time.perf_counter()
    store = Store.open(str(build / "pantau.db"))
    now = now_ms()
    shop = store.write(lambda conn: shop_pk(conn, SHOP, "tiktok"))
    batch: list[OrderRecord] = []
    for record in orders(count, now):
        batch.append(record)
        if len(batch) == 1_000:
            store.write(lambda conn: ingest(conn, shop, batch, now))
            batch.clear()
    if batch:
        store.write(lambda conn: ingest(conn, shop, batch, now))
    store.close()
    (build / "config.toml").write_text(f'[[shops]]\nname = "{SHOP}"\nkind = "file"\n')
    build.rename(target)
    print(f"built {count} orders in {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return target


if __name__ == "__main__":
    print(folder(int(sys.argv[1])))
