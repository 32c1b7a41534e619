"""Labels over real HTTP: from the sandbox through the shop's client to one PDF, with its file server misbehaving."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing

import pytest

from jobs.crew import Crew
from jobs.paper import wishes
from jobs.shop_jobs import ShopJobs
from store.paper_facts import PaperRow
from tests.jobs.paper_kit import texts
from tests.jobs.runtime_kit import Scene, crew_of, rows

ARRANGED = (
    "SELECT o.id FROM orders o JOIN packages p ON p.order_pk = o.id WHERE o.status = 'AWAITING_COLLECTION'"
    " AND o.shipping_type = 'TIKTOK' AND NOT o.cancel_requested AND p.status = 'PROCESSING'"
    " AND o.fulfillment_type = 'FULFILLMENT_BY_SELLER' AND o.packages = 1 AND NOT EXISTS"
    " (SELECT 1 FROM packages q WHERE q.package_id = p.package_id AND q.order_pk <> p.order_pk) ORDER BY o.id"
)


class Rig:
    """The jobs of a synced shop, and what was asked of them."""

    def __init__(self, scene: Scene, crew: Crew, jobs: ShopJobs) -> None:
        self.scene = scene
        self.crew = crew
        self.jobs = jobs
        self.arranged = [int(str(pk)) for (pk,) in rows(crew.store, ARRANGED)]

    async def labels(self, *pks: int, size: str = "A6") -> PaperRow:
        """Make a paper; how it stands afterwards."""
        now = self.crew.clock()
        paper = await self.crew.store.awrite(lambda conn: wishes.want_labels(conn, pks, size, None, "t", now))
        await self.crew.papers.make(paper)
        with closing(self.crew.store.reader()) as reader:
            row = reader.paper(paper)
        assert row is not None
        return row


@pytest.fixture
async def rig(shop: Scene) -> AsyncIterator[Rig]:
    async with crew_of(shop) as (crew, jobs):
        await jobs.orders(lambda: None)
        yield Rig(shop, crew, jobs)


async def test_labels_arrive_in_one_file(rig: Rig) -> None:
    pks = rig.arranged[:6]
    assert len(pks) == 6
    row = await rig.labels(*pks)
    assert (row.state, row.missing) == ("ready", ())
    assert row.file is not None
    pages = texts(rig.scene.settings.paper_path / row.file)
    numbers = {str(number) for (number,) in rows(rig.crew.store, "SELECT tracking_number FROM packages")}
    assert len(pages) == row.pages >= 6
    assert sum(any(number in page for number in numbers) for page in pages) >= 6


async def test_other_codes_become_reasons_of_their_parcels(rig: Rig) -> None:
    wanted = {"AWAITING_SHIPMENT": "not_arranged", "IN_TRANSIT": "picked_up"}
    pks = [
        int(str(pk))
        for status in wanted
        for (pk,) in rows(
            rig.crew.store,
            f"SELECT id FROM orders WHERE status = '{status}' AND shipping_type = 'TIKTOK' AND packages = 1"
            " AND NOT cancel_requested AND fulfillment_type = 'FULFILLMENT_BY_SELLER' ORDER BY id LIMIT 1",
        )
    ]
    assert len(pks) == 2
    row = await rig.labels(*pks, rig.arranged[0])
    assert row.state == "ready"
    assert {one.reason for one in row.missing} == set(wanted.values())
    assert all(one.code for one in row.missing)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [("garbage:1@/documents", "bad_file"), ("half:1@/documents", "no_answer"), ("503:1@/documents", "unavailable"),
     ("cut-after:1@/documents", "no_answer"), ("429-bare:1@/documents", "rate_limited")],
)  # fmt: skip
async def test_a_file_server_in_trouble_costs_a_reason(rig: Rig, fault: str, reason: str) -> None:
    rig.scene.faults(fault)
    row = await rig.labels(rig.arranged[0])
    assert reason in (row.problem, *(one.reason for one in row.missing))
    assert row.file is None


async def test_one_broken_download_is_mended_by_the_next(rig: Rig) -> None:
    rig.scene.faults("half:1@/documents*1")
    row = await rig.labels(*rig.arranged[:3])
    assert (row.state, row.missing) == ("ready", ())


async def test_labels_in_the_making_are_waited_for(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform makes labels for a while: the answer 11034037 is no refusal."""
    world = rig.scene.world
    begun = world.clock.wall()
    monkeypatch.setattr(world, "shipped_at", lambda package: begun)
    rig.scene.faults("label-slow:600ms")
    row = await rig.labels(*rig.arranged[:2])
    assert (row.state, row.missing) == ("ready", ())
    assert world.clock.wall() - begun >= 0.6


async def test_links_are_neither_stored_nor_logged(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    rig.scene.faults("503:1@/documents*1")
    await rig.labels(*rig.arranged[:3])
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("uvicorn")]
    assert not [message for message in ours if "signature=" in message or "/documents/" in message]
    data = rig.scene.settings.data_path
    for path in [path for path in data.rglob("*") if path.is_file()]:
        content = path.read_bytes()
        assert b"signature=" not in content and b"/documents/" not in content, path


async def test_the_job_runs_when_it_is_nudged(rig: Rig) -> None:
    (job,) = (job for job in rig.crew.jobs() if job.name == "papers")
    now = rig.crew.clock()
    pks = rig.arranged[:1]
    paper = await rig.crew.store.awrite(lambda conn: wishes.want_labels(conn, pks, "A6", None, "t", now))
    await job.run(lambda: None)
    assert rows(rig.crew.store, f"SELECT state FROM paper_jobs WHERE id = {paper}") == [("ready",)]
