"""Orders that a file tells in part, files that hide something, and files whose clock is wrong."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Literal

import pytest

from jobs.files.export import Wanted, export
from jobs.files.importer import import_file
from jobs.files.outcome import Outcome, Progress
from jobs.files.reading import read
from shop.files.facts import Broken
from store.db import Store
from store.times import DAY, WIB, now_ms, to_datetime
from tests.jobs.import_kit import everything, many, put, settings_of, table
from tests.shop.files_kit import row

ONE = "580000000000000001"


async def bring(
    store: Store, folder: Path, path: Path, *, kind: Literal["file", "tiktok"] = "file"
) -> Outcome:
    settings = settings_of(folder)
    shop = settings.shops[0]
    if kind != "file":
        shop = type(shop)(name=shop.name, kind=kind)
    return await import_file(store, settings, shop, path, by="test")


def goods(store: Store) -> list[tuple[object, ...]]:
    return table(store, "SELECT sku_id, quantity FROM items ORDER BY order_pk, line")


async def test_mending_a_refused_row_makes_its_order_whole(store: Store, tmp_path: Path) -> None:
    lost = [row(1, 1), row(1, 2, Quantity="banyak"), row(2)]
    outcome = await bring(store, tmp_path, put(tmp_path / "a.csv", lost))
    assert [(one.row, one.reason) for one in outcome.rejected] == [(3, "quantity")]
    assert [(one["reason"], one["order_id"]) for one in outcome.warnings] == [("incomplete", ONE)]
    assert len(goods(store)) == 2
    with_reader = store.reader()
    assert outcome.import_id is not None
    kept = with_reader.rejects(outcome.import_id)
    assert [one.row for one in kept] == [2, 3], "both rows of that order are saved to be mended"
    assert with_reader.import_row(outcome.import_id).rejected == 1  # type: ignore[union-attr]
    with_reader.close()
    mended = await bring(store, tmp_path, put(tmp_path / "b.csv", [row(1, 1), row(1, 2)]))
    assert (mended.changed, mended.gone, len(goods(store))) == (1, (), 3)


@pytest.mark.parametrize("turn", range(6))
async def test_a_whole_order_counts_whatever_is_read_first(store: Store, tmp_path: Path, turn: int) -> None:
    lost = [row(1, 1), row(1, 2, Quantity="banyak")]
    last = [row(1, 2), row(1, 1, Quantity="-1")]
    files = [put(tmp_path / f"{n}.csv", rows) for n, rows in enumerate((lost, [row(1, 1), row(1, 2)], last))]
    for path in list(itertools.permutations(files))[turn]:
        await bring(store, tmp_path, path)
    assert len(goods(store)) == 2


async def test_a_masked_export_makes_nobody_forgotten(store: Store, tmp_path: Path) -> None:
    await bring(store, tmp_path, put(tmp_path / "a.csv", many(3)))
    target = tmp_path / "masked.csv"
    export(store, settings_of(tmp_path), Wanted(target, mask=True), by="test")
    before = everything(store)
    outcome = await bring(store, tmp_path, target)
    assert (outcome.changed, outcome.unchanged, outcome.gone) == (0, 3, ())
    assert everything(store) == before
    other = Store.open(str(tmp_path / "other.db"))
    assert (await bring(other, tmp_path, target)).new == 3
    other.close()


async def test_rows_that_lost_their_id_make_nothing_missing(store: Store, tmp_path: Path) -> None:
    await bring(store, tmp_path, put(tmp_path / "a.csv", many(4)))
    mangled = [row(9, Order_ID="5,83E+17", Created_Time="20/11/2026 08:00:00"), row(1)]
    outcome = await bring(store, tmp_path, put(tmp_path / "b.csv", mangled))
    assert (len(outcome.rejected), outcome.gone) == (1, ())


async def test_an_api_shops_file_makes_nothing_missing(store: Store, tmp_path: Path) -> None:
    await bring(store, tmp_path, put(tmp_path / "a.csv", many(2)), kind="tiktok")
    later = [*many(2), row(3, Created_Time="20/11/2026 08:00:00")]
    assert (await bring(store, tmp_path, put(tmp_path / "b.csv", later), kind="tiktok")).gone == ()


async def test_a_file_of_the_future_is_not_the_newest_for_weeks(store: Store, tmp_path: Path) -> None:
    await bring(store, tmp_path, put(tmp_path / "a.csv", many(2)))
    ahead = row(5, Created_Time=f"{to_datetime(now_ms() + 40 * DAY, WIB):%d/%m/%Y %H:%M:%S}")
    outcome = await bring(store, tmp_path, put(tmp_path / "b.csv", [ahead]))
    assert outcome.gone == ()
    assert table(store, "SELECT stamp IS NULL FROM file_imports ORDER BY id")[-1] in ((1,), (True,))


async def test_a_file_that_goes_away_is_not_called_broken(tmp_path: Path) -> None:
    with pytest.raises(Broken) as caught:
        async for _ in read(tmp_path / "gone.csv", settings_of(tmp_path).deadlines):
            pass
    assert caught.value.reason == "unreadable"


async def test_a_file_replaced_while_it_is_read_is_read_again(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path / "a.csv", many(1_200))
    settings = settings_of(tmp_path)
    other = put(tmp_path / "other.csv", many(1_201))

    def replace(told: Progress) -> None:
        if other.exists():
            other.rename(path)

    shop = settings.shops[0]
    outcome = await import_file(store, settings, shop, path, by="test", progress=replace)
    assert outcome.problem == "unreadable"
    assert (await bring(store, tmp_path, path)).orders == 1_201
