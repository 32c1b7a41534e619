"""The pane below the list speaks of the order under the cursor, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from store.db import Store
from store.records import PackageRecord
from tests.ui.screen_kit import picture, put, record, running, until


def _pane(app: object) -> str:
    region = app.main._pane.region  # type: ignore[attr-defined]
    return "\n".join(picture(app)[region.y : region.bottom])  # type: ignore[arg-type]


@pytest.mark.parametrize("threaded", [False, True], ids=["in the loop", "in a thread"])
async def test_an_empty_tab_leaves_nothing_of_the_one_before(
    store: Store, clock: Callable[[], int], threaded: bool
) -> None:
    put(store, [record(1)])
    async with running(store, clock, threaded=threaded) as (app, pilot):
        # A look at the store would put the pane right by chance: wait until none is due any more.
        await until(pilot, lambda: app.feed._version is not None and app.feed.resting)
        await until(pilot, lambda: record(1).order_id in _pane(app) and not app.data.busy)
        await pilot.press("7")
        await until(pilot, lambda: not app.data.busy)
        await pilot.pause()
        assert record(1).order_id not in _pane(app)
        await pilot.press("3")
        await until(pilot, lambda: record(1).order_id in _pane(app))


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
async def test_a_parcel_is_known_by_its_whole_tracking_number(
    store: Store, clock: Callable[[], int], size: tuple[int, int]
) -> None:
    parcel = PackageRecord("1150001", "PROCESSING", "spx", "SPX Express", None, "SPXID052704311234")
    put(store, [record(1, status="IN_TRANSIT", raw_status="IN_TRANSIT", packages=(parcel,))])
    async with running(store, clock, size=size) as (app, pilot):
        await pilot.press("5")
        await until(pilot, lambda: "Resi: SPXID052704311234 · SPX" in _pane(app))


async def test_tabs_stay_in_place_whichever_is_open(store: Store, clock: Callable[[], int]) -> None:
    put(store, [record(number) for number in range(1, 12)])
    async with running(store, clock) as (app, pilot):
        places = set()
        for tab in "123456789":
            await pilot.press(tab)
            await pilot.pause()
            places.add(tuple(picture(app)[1].index(f" {number} ") for number in range(1, 10)))
        assert len(places) == 1
