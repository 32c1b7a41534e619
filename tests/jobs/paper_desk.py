"""The paper desk: a store with orders, a platform that hands out labels, and the job between them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from jobs.config.keys import PaperSettings
from jobs.config.settings import Settings
from jobs.paper import wishes
from jobs.paper.job import PaperJobs
from store import orders
from store.db import Store
from store.paper_facts import PaperRow
from tests.conftest import FrozenClock
from tests.jobs.paper_kit import pdf, texts
from tests.store.store_kit import NOW, order, package


class Platform:
    """Labels by package id: bytes, or what is raised; a list is used up, its last entry stays."""

    def __init__(self) -> None:
        self.labels: dict[str, Any] = {}
        self.asked: list[str] = []
        self.under_way = self.most = 0
        self.gate: asyncio.Event | None = None

    async def __call__(self, shop_id: int, package_id: str, size: str) -> bytes:
        self.asked.append(package_id)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await (self.gate.wait() if self.gate else asyncio.sleep(0))
        finally:
            self.under_way -= 1
        told = self.labels.get(package_id, pdf(f"label {package_id} {size}"))
        if isinstance(told, list):
            told = told.pop(0) if len(told) > 1 else told[0]
        if isinstance(told, Exception):
            raise told
        assert isinstance(told, bytes)
        return told


class Desk:
    """A store with orders, a platform, and the job between them."""

    def __init__(self, store: Store, folder: Path, platform: Platform) -> None:
        self.store = store
        self.platform = platform
        self.clock: FrozenClock = store.clock  # type: ignore[assignment]
        self.settings = Settings(data_dir=str(folder), paper=PaperSettings(keep_days=30))
        self.shop = store.write(lambda conn: orders.shop_pk(conn, "toko-contoh"))
        self.jobs = self.another()

    def another(self, at_platform: Callable[[int], bool] = lambda shop: True) -> PaperJobs:
        """The job as another process has it."""
        return PaperJobs(
            self.store, self.settings, self.platform, at_platform, clock=self.clock, waits=(0.0, 0.0, 0.0)
        )

    def put(self, number: int, **told: Any) -> int:
        """An order with an arranged parcel; its row id."""
        told.setdefault(
            "packages", (package(f"115{number}", status="PROCESSING", tracking_number=f"JX{number:08}"),)
        )
        told.setdefault("status", "AWAITING_COLLECTION")
        record = order(f"580{number}", **told)
        self.store.write(lambda conn: orders.ingest(conn, self.shop, [record], NOW))
        with closing(self.store.reader()) as reader:
            return reader.find(record.order_id)[0]

    def want(self, *pks: int, kind: str = "label", printer: str | None = None, size: str = "A6") -> int:
        """A wish; its row id."""
        make = {"label": wishes.want_labels, "slip": wishes.want_slips, "picklist": wishes.want_picklist}[
            kind
        ]
        return self.store.write(lambda conn: make(conn, pks, size, printer, "budi", self.clock()))

    def row(self, paper: int) -> PaperRow:
        """How it stands."""
        with closing(self.store.reader()) as reader:
            row = reader.paper(paper)
        assert row is not None
        return row

    def pages(self, paper: int) -> list[str]:
        """What stands on its pages."""
        name = self.row(paper).file
        assert name is not None
        return texts(self.settings.paper_path / name)

    def why(self, paper: int) -> dict[str | None, str]:
        """What is missing, by package."""
        return {one.package_id: one.reason for one in self.row(paper).missing}

    def files(self) -> list[str]:
        """What lies in the folder."""
        folder = self.settings.paper_path
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@contextmanager
def open_desk(template: Path, folder: Path, clock: FrozenClock) -> Iterator[Desk]:
    """A desk on a copy of an empty store."""
    clock.now = NOW
    path = folder / "pantau.db"
    shutil.copy(template, path)
    store = Store.open(str(path), clock=clock)
    try:
        yield Desk(store, folder, Platform())
    finally:
        store.close()
