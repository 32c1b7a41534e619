"""Labels: what comes onto paper, what does not and why, and that one bad label costs one label."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.paper.fetch import Failure, failure_of, fetch_all
from jobs.problems import NoSecret
from shop.errors import Ambiguous, LoginNeeded, NotReady, NotSent, Refused, Unavailable
from shop.labels import BadFile, BadLink
from store.paper_facts import OnPaper
from store.times import SECOND
from tests.conftest import FrozenClock
from tests.jobs.paper_desk import Desk, open_desk
from tests.jobs.paper_kit import pdf
from tests.store.store_kit import CAP, NOW, SHIRT


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path, clock: FrozenClock) -> Iterator[Desk]:
    with open_desk(sqlite_template, tmp_path, clock) as made:
        yield made


async def test_labels_come_as_one_pdf_in_picking_order(desk: Desk) -> None:
    pks = [desk.put(1, items=(CAP,)), desk.put(2), desk.put(3, items=(CAP, SHIRT)), desk.put(4)]
    paper = desk.want(*pks)
    assert await desk.jobs.run_once() == 1
    row = desk.row(paper)
    assert (row.state, row.pages, row.problem, row.missing, row.count) == ("ready", 4, None, (), 4)
    assert [page.split()[1] for page in desk.pages(paper)] == ["1152", "1154", "1153", "1151"]
    assert desk.files() == [
        "label_1151.pdf",
        "label_1152.pdf",
        "label_1153.pdf",
        "label_1154.pdf",
        f"labels_{paper}.pdf",
    ]
    assert await desk.jobs.run_once() == 0


async def test_a_label_that_lies_here_is_not_fetched_again(desk: Desk) -> None:
    pk = desk.put(1)
    for _ in range(2):
        paper = desk.want(pk)
        await desk.jobs.run_once()
        assert desk.row(paper).pages == 1
    assert desk.platform.asked == ["1151"]
    (desk.settings.paper_path / "label_1151.pdf").write_bytes(b"%PDF-spoilt")
    await desk.jobs.make(desk.want(pk))
    assert desk.platform.asked == ["1151", "1151"]
    await desk.jobs.make(desk.want(pk, size="A5"))
    assert len(desk.platform.asked) == 3
    assert "label_1151_A5.pdf" in desk.files()


async def test_one_that_is_not_ready_waits_while_the_others_come(desk: Desk) -> None:
    pks = [desk.put(number) for number in range(1, 9)]
    desk.platform.labels["1151"] = [NotReady(code=11034037), NotReady(code=11034023), pdf("late")]
    paper = desk.want(*pks)
    await desk.jobs.run_once()
    assert desk.row(paper).pages == 8
    assert desk.platform.asked.count("1151") == 3
    assert (
        desk.platform.asked.index("1158")
        < [n for n, one in enumerate(desk.platform.asked) if one == "1151"][1]
    )


async def test_patience_with_a_label_ends(desk: Desk) -> None:
    pks = [desk.put(1), desk.put(2)]
    desk.platform.labels["1151"] = NotReady(code=21023022)
    paper = desk.want(*pks)
    await desk.jobs.run_once()
    assert desk.row(paper).pages == 1
    assert desk.row(paper).state == "ready"
    assert desk.why(paper) == {"1151": "not_ready"}
    assert desk.platform.asked.count("1151") == 4
    desk.platform.labels.clear()
    again = desk.want(*pks)
    await desk.jobs.run_once()
    assert desk.row(again).pages == 2


async def test_what_the_platform_refuses_is_a_reason_of_that_parcel(desk: Desk) -> None:
    good = desk.put(1)
    await desk.jobs.make(desk.want(good))  # so that it lies here whatever is asked later
    refusals = {
        2: Refused(code=21042102),
        3: Refused(code=21023059),
        4: Refused(code=11034002),
        5: BadLink("x"),
    }
    desk.platform.labels = {f"115{number}": error for number, error in refusals.items()}
    paper = desk.want(good, *(desk.put(number) for number in refusals))
    await desk.jobs.make(paper)
    row = desk.row(paper)
    assert (row.state, row.pages) == ("ready", 1)
    assert desk.why(paper) == {
        "1152": "picked_up",
        "1153": "cancelled",
        "1154": "no_address",
        "1155": "bad_link",
    }
    assert [one.code for one in row.missing] == [21042102, 21023059, 11034002, None]


@pytest.mark.parametrize("error", [NoSecret("APP_SECRET"), LoginNeeded("x")])
async def test_a_shop_that_cannot_be_asked_is_asked_once(desk: Desk, error: Exception) -> None:
    pks = [desk.put(number) for number in range(1, 21)]
    desk.platform.labels = {f"115{number}": error for number in range(1, 21)}
    paper = desk.want(*pks)
    await desk.jobs.make(paper)
    assert desk.row(paper).state == "failed"
    assert desk.row(paper).problem in ("no_secret", "login")
    assert len(desk.platform.asked) <= 5


async def test_a_paper_of_which_nothing_came_fails_with_the_reason(desk: Desk) -> None:
    desk.platform.labels["1151"] = Refused(code=21023059)
    paper = desk.want(desk.put(1))
    await desk.jobs.run_once()
    row = desk.row(paper)
    assert (row.state, row.problem, row.file) == ("failed", "cancelled", None)
    assert desk.why(paper) == {"1151": "cancelled"}


async def test_without_network_it_is_tried_again_and_then_given_up(desk: Desk) -> None:
    pks = [desk.put(number) for number in range(1, 31)]
    for number in range(1, 31):
        desk.platform.labels[f"115{number}"] = NotSent("down")
    paper = desk.want(*pks)
    for attempt in range(1, 5):
        await desk.jobs.run_once()
        row = desk.row(paper)
        assert (row.state, row.problem, row.attempts) == ("wanted", "no_network", attempt)
        # Who knows that there is no network asks for no more labels than were under way.
        assert len(desk.platform.asked) <= 5 * attempt
        assert row.due_at is not None
        desk.clock.now = row.due_at
    await desk.jobs.run_once()
    assert (desk.row(paper).state, desk.row(paper).problem) == ("failed", "no_network")
    assert await desk.jobs.run_once() == 0


async def test_a_short_outage_is_waited_out(desk: Desk) -> None:
    desk.platform.labels["1151"] = [NotSent("down"), pdf("fine")]
    paper = desk.want(desk.put(1))
    await desk.jobs.run_once()
    desk.clock.now += 5 * SECOND
    await desk.jobs.run_once()
    assert desk.pages(paper) == ["fine"]


async def test_a_hiccup_is_asked_once_more(desk: Desk) -> None:
    desk.platform.labels = {"1151": [Unavailable("x"), pdf("a")], "1152": [Ambiguous("x"), pdf("b")]}
    paper = desk.want(desk.put(1), desk.put(2))
    await desk.jobs.run_once()
    assert desk.pages(paper) == ["a", "b"]


async def test_a_hostile_label_costs_one_label_and_is_not_kept(desk: Desk) -> None:
    pks = [desk.put(1), desk.put(2), desk.put(3)]
    desk.platform.labels["1152"] = b"%PDF-1.4 this is none"
    paper = desk.want(*pks)
    await desk.jobs.run_once()
    assert desk.row(paper).pages == 2
    assert desk.why(paper) == {"1152": "file_broken"}
    assert "label_1152.pdf" not in desk.files()
    desk.platform.labels.clear()
    again = desk.want(*pks)
    await desk.jobs.run_once()
    assert desk.row(again).pages == 3
    assert desk.platform.asked.count("1151") == 1


async def test_at_most_five_labels_are_under_way(desk: Desk) -> None:
    desk.platform.gate = asyncio.Event()
    pks = [desk.put(number) for number in range(1, 21)]
    task = asyncio.create_task(desk.jobs.make(desk.want(*pks)))
    while desk.platform.under_way < 5:
        await asyncio.sleep(0)
    for _ in range(50):
        await asyncio.sleep(0)
    assert desk.platform.most == 5
    desk.platform.gate.set()
    await task
    assert len(desk.platform.asked) == 20


async def test_a_label_that_lies_here_is_not_used_for_a_cancelled_order(desk: Desk) -> None:
    pk = desk.put(1)
    await desk.jobs.make(desk.want(pk))
    desk.put(1, updated_at=NOW, status="CANCELLED")
    paper = desk.want(pk, printer="Zebra")
    await desk.jobs.make(paper)
    assert desk.row(paper).state == "failed"
    assert desk.why(paper) == {"1151": "cancelled"}
    assert len(desk.platform.asked) == 1


async def test_when_the_buyer_wants_to_cancel_the_platform_is_asked_afresh(desk: Desk) -> None:
    pk = desk.put(1)
    own = desk.put(2, shipping_type="SELLER", address="Jl. Merdeka 1", cancel_requested=True)
    await desk.jobs.make(desk.want(pk))
    desk.put(1, updated_at=NOW, cancel_requested=True)
    desk.platform.labels["1151"] = [Refused(code=21021010), pdf("rejected by then")]
    first, second = desk.want(pk, own), desk.want(pk)
    await desk.jobs.run_once()
    assert desk.why(first) == {"1151": "request_pending", "1152": "request_pending"}
    assert desk.pages(second) == ["rejected by then"]
    assert desk.platform.asked == ["1151"] * 3


async def test_orders_the_seller_ships_get_an_address_label(desk: Desk) -> None:
    own = {"shipping_type": "SELLER", "address": "Jl. Merdeka 1"}
    pks = [desk.put(1, **own), desk.put(2), desk.put(3, shipping_type="SELLER", address="***")]
    paper = desk.want(*pks)
    await desk.jobs.run_once()
    assert desk.platform.asked == ["1152"]
    pages = desk.pages(paper)
    assert "Jl. Merdeka 1" in pages[0] and "label 1152" in pages[1]
    assert desk.why(paper) == {"1153": "no_address"}
    assert not [name for name in desk.files() if name.startswith("own_")]


async def test_what_the_platform_does_not_ship_gets_one_too(desk: Desk) -> None:
    desk.platform.labels["1151"] = Refused(code=11034002)
    paper = desk.want(desk.put(1, address="Jl. Merdeka 1"))
    await desk.jobs.run_once()
    assert "Jl. Merdeka 1" in desk.pages(paper)[0]


async def test_a_shop_of_files_has_no_labels_but_slips(desk: Desk) -> None:
    jobs = desk.another(lambda shop: False)
    pk = desk.put(1)
    label, slip = desk.want(pk), desk.want(pk, kind="slip")
    await jobs.run_once()
    assert (desk.row(label).state, desk.row(label).problem) == ("failed", "file_shop")
    assert desk.row(slip).state == "ready"
    assert desk.platform.asked == []


async def test_an_order_without_a_parcel_is_named(desk: Desk) -> None:
    paper = desk.want(desk.put(1), desk.put(2, packages=()))
    await desk.jobs.run_once()
    assert [(one.order_id, one.reason) for one in desk.row(paper).missing] == [("5802", "no_parcel")]


# -- fetching ----------------------------------------------------------------------------------------------


async def test_one_shops_trouble_is_not_another_shops() -> None:
    asked: list[tuple[int, str]] = []

    async def ask(shop_id: int, package_id: str, size: str) -> bytes:
        asked.append((shop_id, package_id))
        if shop_id == 1:
            raise NotSent("down")
        return b"x"

    parcels = [OnPaper(shop, str(number), ((1, "1"),)) for number in range(20) for shop in (1, 2)]
    kept: list[OnPaper] = []
    failures = await fetch_all(
        ask, parcels, "A6", lambda parcel, _: kept.append(parcel), alive=lambda: None, waits=()
    )
    assert {parcel.shop_id for parcel in failures} == {1}
    assert len(failures) == len(kept) == 20
    assert len([one for one in asked if one[0] == 1]) <= 5


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NotReady(code=11034037), "not_ready"),
        (Refused(code=21042102), "picked_up"),
        (Refused(code=21023046), "picked_up"),
        (Refused(code=21023059), "cancelled"),
        (Refused(code=21021010), "request_pending"),
        (Refused(code=21023035), "not_arranged"),
        (Refused(code=21042104), "not_arranged"),
        (Refused(code=21008043), "by_platform"),
        (Refused(code=21011001), "not_found"),
        (Refused(code=11034002), "own_courier"),
        (Refused(code=21008017), "own_courier"),
        (Refused(code=99), "refused"),
        (Ambiguous("x"), "no_answer"),
        (NotSent("x"), "no_network"),
        (Unavailable(code=11001001), "unavailable"),
        (BadLink("x"), "bad_link"),
        (BadFile("x"), "bad_file"),
        (NoSecret("APP_SECRET"), "no_secret"),
        (LoginNeeded(code=36004004), "login"),
        (ZeroDivisionError(), "bug"),
    ],
)
def test_every_failure_has_a_stable_word(error: Exception, reason: str) -> None:
    assert failure_of(error) == Failure(reason, getattr(error, "code", None))
