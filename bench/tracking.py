"""Tracking: a thousand due parcels asked of a provider 20 ms away, against a bare httpx loop on the same questions.

python -m bench.tracking [PARCELS]    (the provider is a process of its own: `python -m bench.tracking serve`)
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import httpx

from couriers.base import Pace
from couriers.http import CourierHttp
from couriers.providers.binderbyte import BinderByte
from couriers.registry import ProviderConfig
from jobs.tracking.job import AT_ONCE, TrackingJob
from store import orders
from store.db import Store
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.times import DAY, HOUR, now_ms, to_datetime

LATENCY: Final = 0.020
TURNS: Final = 3
WIDE: Final = Pace(per_second=1_000_000, at_once=AT_ONCE)
"""No pace: what is measured is the engine, not its patience."""


def measure(parcels: int) -> dict[str, float]:
    """Parcels a second, from due to stored, and questions a second of the bare loop; the medians of some
    turns in which both take their turn first."""
    server = subprocess.Popen(
        [sys.executable, "-m", "bench.tracking", "serve"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        base = server.stdout.readline().strip()
        ours: list[float] = []
        bare: list[float] = []
        for turn in range(TURNS + 1):
            for which in ("ours", "bare") if turn % 2 else ("bare", "ours"):
                took = _refresh(base, parcels) if which == "ours" else asyncio.run(_loop(base, parcels))
                if turn:  # the first turn warms up
                    (ours if which == "ours" else bare).append(parcels / took)
    finally:
        server.terminate()
        server.wait()
    return {"parcels/s": sorted(ours)[TURNS // 2], "questions/s, bare httpx": sorted(bare)[TURNS // 2]}


def _refresh(base: str, parcels: int) -> float:
    """Seconds one round of the tracking job takes."""
    with tempfile.TemporaryDirectory(prefix="pantau-bench-") as folder:
        store = Store.open(str(Path(folder) / "pantau.db"))
        shop = store.write(lambda conn: orders.shop_pk(conn, "bench"))
        records = [_order(place) for place in range(parcels)]
        store.write(lambda conn: orders.ingest(conn, shop, records, now_ms()))

        async def refresh() -> float:
            async with CourierHttp() as http:
                provider = BinderByte(ProviderConfig(base, {"api_key": "bench"}))
                job = TrackingJob(store, http, [provider], lambda _: None, paces={provider.name: WIDE})
                started = time.perf_counter()
                report = await job.run_once()
                took = time.perf_counter() - started
            assert (report.due, report.updated) == (parcels, parcels), report
            return took

        took = asyncio.run(refresh())
        store.close()
    return took


async def _loop(base: str, parcels: int) -> float:
    """The same questions through httpx and nothing else: as many at once, replies thrown away."""
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
        waiting = iter(range(parcels))

        async def ask() -> None:
            for place in waiting:
                params = {"api_key": "bench", "courier": "jnt", "awb": _number(place)}
                (await client.get(f"{base}/track", params=params)).raise_for_status()

        started = time.perf_counter()
        await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
        return time.perf_counter() - started


def _number(place: int) -> str:
    return f"JP{place:010}"


def _order(place: int) -> OrderRecord:
    now = now_ms()
    parcel = PackageRecord(f"115{place:016}", courier="jnt", tracking_number=_number(place))
    return OrderRecord(
        order_id=f"58{place:016}", status="IN_TRANSIT", raw_status="IN_TRANSIT",
        created_at=now - DAY, updated_at=now - HOUR, shipped_at=now - DAY,
        items=(ItemRecord("1", "Kaos", 1, 50_000),), packages=(parcel,), buyer="B***", total=50_000,
    )  # fmt: skip


async def _serve() -> None:
    """A provider that answers every number with the same journey of eight rows, 20 ms after the question."""
    rows = [
        {"date": f"{to_datetime(now_ms() - place * HOUR):%Y-%m-%d %H:%M:%S}", "location": "",
         "desc": f"Paket telah sampai di DC_KOTA_{place}"}
        for place in range(10, 18)
    ]  # fmt: skip
    body = json.dumps(
        {"status": 200, "message": "Successfully tracked package", "data": {"history": rows}}
    ).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    reply = head + body

    class Line(asyncio.Protocol):
        """One keep-alive connection; a GET has no body, so an empty line ends the question."""

        def connection_made(self, transport: Any) -> None:
            self.transport, self.heard = transport, b""

        def data_received(self, data: bytes) -> None:
            self.heard += data
            while b"\r\n\r\n" in self.heard:
                _, _, self.heard = self.heard.partition(b"\r\n\r\n")
                asyncio.get_running_loop().call_later(LATENCY, self._answer)

        def _answer(self) -> None:
            if not self.transport.is_closing():
                self.transport.write(reply)

    server = await asyncio.get_running_loop().create_server(Line, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    print(f"http://{host}:{port}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(_serve())
    else:
        for name, value in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000).items():
            print(f"{name:<28}{value:>10.1f}")
