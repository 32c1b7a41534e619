"""The packing table's rules: which parcel a code means, when to stop, what belongs in, and the evidence of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from jobs.packing import table as packing
from jobs.packing.rules import Right, Wrong, count, hindrance, match, spellings, tokens, vouched
from jobs.packing.table import Sight
from store import actions
from store import packing as rows
from store.bulk import table_of
from store.db import Store
from store.models import Manifest, ManifestParcel
from store.orders import shop_pk
from store.packing_facts import Contents, Line, Parcel, Part, Past, Stop
from store.records import ItemRecord
from store.times import MINUTE
from tests.jobs.packing_kit import BY, CAP, NOW, RESI, SHIRT, Db, parcel, waiting
from tests.ui.hostile import CORPUS
from tui import handover_words, packing_words
from tui.scanner import cleaned

ORDER = "580000000000000001"


@pytest.fixture
def db(store: Store) -> Db:
    """An empty store with one shop."""
    return Db(store)


def take(db: Db, code: str = RESI, **options: Any) -> Sight:
    return db(packing.take, code, BY, NOW, **options)


def opened(db: Db, code: str = RESI) -> int:
    sight = take(db, code)
    assert sight.stop is None
    assert sight.row is not None
    return sight.row.id


def reason(sight: Sight) -> str | None:
    return sight.stop.reason if sight.stop is not None else None


# ---- which parcel ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        RESI, "jp1234567890", " JP 1234 567890 ", "JP1234567890\u200b", "*JP1234567890*", "1150000000000000001", ORDER,
        "https://example.invalid/label?awb=JP1234567890&x=1", '{"o":"580000000000000001","p":"1150000000000000001"}',
        "JP1234567890|1150000000000000001|1/1", "00;580000000000000001;JKT",
    ],
)  # fmt: skip
def test_a_code_that_names_the_parcel_opens_it(db: Db, code: str) -> None:
    db.ingest(waiting(), waiting("580000000000000002", parcel("JP9999999999", "1150000000000000002")))
    sight = take(db, code)
    assert reason(sight) is None
    assert sight.parcel is not None
    assert sight.parcel.package_id == "1150000000000000001"
    assert sight.outcome == "open"


def test_a_number_that_is_stored_in_another_spelling_is_found(db: Db) -> None:
    db.ingest(waiting(ORDER, parcel("jp 1234-567890")))
    assert take(db, "JP1234-567890").outcome == "open"


def test_a_code_of_nobody_stops(db: Db) -> None:
    db.ingest(waiting())
    for text in ("JP0000000000", "5800", "'; DROP TABLE orders;--", "%", "x" * 1_000, *CORPUS):
        code = cleaned(text)  # as the scanner hands it on
        sight = take(db, code)
        assert reason(sight) == "unknown"
        assert sight.row is not None
        assert (sight.row.outcome, sight.row.package_id, sight.row.done_at) == ("stopped", "", None)
        assert sight.stop is not None
        assert sight.stop.code == code
    assert db.feed()[-1][::2] == ("packing.stopped", "unknown")


def test_an_order_with_two_parcels_has_to_be_chosen_from(db: Db) -> None:
    db.ingest(waiting(ORDER, parcel(), parcel("JP2222222222", "1150000000000000002")))
    sight = take(db, ORDER)
    assert [one.package_id for one in sight.choices] == ["1150000000000000001", "1150000000000000002"]
    assert sight.row is None, "nothing is written before somebody has chosen"
    chosen = db(packing.choose, sight.choices[1].key, ORDER, BY, NOW)
    assert chosen.parcel is not None
    assert chosen.parcel.tracking_number == "JP2222222222"
    assert chosen.outcome == "open"


def test_a_number_used_again_means_the_open_order(db: Db) -> None:
    old = waiting("570000000000000001", parcel(RESI, "1140000000000000001"), status="COMPLETED")
    db.ingest(old, waiting())
    sight = take(db)
    assert sight.parcel is not None
    assert sight.parcel.parts[0].order_id == ORDER


def test_a_combined_parcel_is_one_with_all_its_orders(db: Db) -> None:
    db.ingest(waiting(), waiting("580000000000000002", items=(CAP,)))
    sight = take(db)
    assert sight.parcel is not None
    assert [part.order_id for part in sight.parcel.parts] == [ORDER, "580000000000000002"]
    assert sight.row is not None
    assert [(line.order_id[-1], line.wanted) for line in sight.row.contents.lines] == [
        ("1", 2), ("1", 1), ("1", 1), ("2", 1),
    ]  # fmt: skip


def test_spellings_and_tokens_are_bounded() -> None:
    assert spellings("x" * 65) == []
    assert len(tokens(" ".join(f"NUMBER{n:04d}" for n in range(500)))) <= 80


# ---- when to stop ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "stops"),
    [
        ({"status": "CANCELLED"}, "cancelled"),
        ({"cancel_requested": True}, "cancel_requested"),
        ({"packages": (parcel(status="CANCELLED"),)}, "package_cancelled"),
        ({"status": "IN_TRANSIT"}, "collected"),
        ({"packages": (parcel(status="FULFILLING"),)}, "collected"),
        ({"status": "DELIVERED"}, "closed"),
        ({"status": "COMPLETED"}, "closed"),
        ({"status": "AWAITING_SHIPMENT", "packages": (parcel(None, status="TO_FULFILL"),)}, "not_arranged"),
        ({"status": "ON_HOLD"}, "not_arranged"),
        ({"status": "UNPAID"}, "not_arranged"),
        ({"status": "UNKNOWN", "raw_status": "QUANTUM"}, "unknown_status"),
        ({"packages": (parcel(courier="sicepat"),)}, "wrong_courier"),
        ({"status": "AWAITING_SHIPMENT"}, None),
        ({"packages": (parcel(status=None),)}, None),
        ({"packages": (parcel("whatever-1", courier="sicepat"),)}, None),
        ({"packages": (parcel(courier=None),)}, None),
        ({"packages": (parcel(courier="own_van"),)}, None),
    ],
)
def test_what_stops_a_parcel(db: Db, told: dict[str, Any], stops: str | None) -> None:
    db.ingest(waiting(**told))
    sight = take(db, "1150000000000000001")
    assert reason(sight) == stops
    assert sight.outcome == ("open" if stops is None else "stopped")
    if stops is not None:
        assert db.feed()[-1][::2] == ("packing.stopped", stops)


def test_an_order_we_are_cancelling_stops(db: Db) -> None:
    db.ingest(waiting())
    found = db.order()
    wish: dict[str, Any] = {"kind": "cancel", "package_id": None, "params": {}, "by": BY, "now": NOW}
    wish |= {
        "shop_id": found.shop_id,
        "order_pk": found.id,
        "order_id": found.order_id,
        "target": found.order_id,
    }
    db.store.write(lambda conn: actions.queue(conn, **wish))
    assert reason(take(db)) == "cancelling"


def test_one_cancelled_order_stops_the_combined_parcel(db: Db) -> None:
    db.ingest(waiting(), waiting("580000000000000002", status="CANCELLED"))
    sight = take(db)
    assert reason(sight) == "cancelled"
    assert sight.stop is not None
    assert sight.stop.facts["order"] == "580000000000000002"


def test_a_return_stops(db: Db) -> None:
    from store import requests
    from store.records import RequestRecord

    db.ingest(waiting())
    asked = RequestRecord(
        "40", ORDER, "return", "RETURN_OR_REFUND_REQUEST_PENDING", NOW, NOW, deadline_at=NOW + 1
    )
    db(requests.upsert, db.shop, [asked], NOW)
    assert reason(take(db)) == "return_open"


def test_a_parcel_of_a_split_order_is_judged_by_itself(db: Db) -> None:
    gone, here = parcel("JP2222222222", "2", status="FULFILLING"), parcel()
    db.ingest(waiting(ORDER, here, gone, status="IN_TRANSIT"))
    assert reason(take(db, "JP2222222222")) == "collected"
    assert reason(take(db)) is None


def test_another_shop_s_order_stops(db: Db) -> None:
    db.ingest(waiting())
    sight = take(db, shops={"toko-lain"})
    assert reason(sight) == "other_shop"
    assert reason(take(db, shops={"toko-contoh"})) is None


def test_a_closed_order_of_another_shop_is_named_with_its_shop(db: Db) -> None:
    from store import orders

    other = db(shop_pk, "toko-lama")
    db(orders.ingest, other, [waiting(status="COMPLETED")], NOW)
    sight = take(db, shops={"toko-contoh", "toko-lama"})
    assert sight.stop is not None
    assert (sight.stop.reason, sight.stop.facts["shop"]) == ("closed", "toko-lama")


def test_what_was_packed_is_not_packed_twice_unless_a_person_says_so(db: Db) -> None:
    db.ingest(waiting())
    db(packing.finish, opened(db), NOW + MINUTE)
    sight = take(db)
    assert sight.stop is not None
    assert sight.stop.reason == "packed"
    assert sight.stop.facts == {"at": NOW + MINUTE, "by": BY}
    assert sight.row is not None
    again = db(packing.overrule, sight.row.id, "Budi", NOW + 2 * MINUTE)
    assert again.outcome == "open"
    kept = db(rows.load, sight.row.id)
    assert kept is not None
    assert (kept.stops[0].overruled, kept.stops[0].by, kept.outcome) == (True, "Budi", "stopped")


def test_a_cancelled_order_cannot_be_overruled(db: Db) -> None:
    db.ingest(waiting(status="CANCELLED"))
    sight = take(db)
    assert sight.row is not None
    assert db(packing.overrule, sight.row.id, BY, NOW).outcome == "stopped"
    assert db(packing.acknowledge, sight.row.id, BY, NOW).outcome == "stopped"


def test_an_overruled_parcel_that_was_cancelled_meanwhile_stops_again(db: Db) -> None:
    db.ingest(waiting())
    db(packing.finish, opened(db), NOW)
    sight = take(db)
    db.ingest(waiting(status="CANCELLED", updated_at=NOW))
    assert sight.row is not None
    assert reason(db(packing.overrule, sight.row.id, BY, NOW)) == "cancelled"


@pytest.mark.parametrize(
    ("state", "stops"), [("on", "on_manifest"), ("checking", "on_manifest"), ("removed", None)]
)
def test_what_is_on_a_manifest_stops(db: Db, state: str, stops: str | None) -> None:
    db.ingest(waiting())

    def hand_over(conn: Any) -> None:
        conn.execute(
            table_of(Manifest)
            .insert()
            .values(id=1, number="ST-1", courier="jnt", opened_at=NOW, opened_by=BY)
        )
        conn.execute(
            table_of(ManifestParcel).insert().values(
                manifest_id=1, package_id="1150000000000000001", shop_id=db.shop, order_pk=1, order_id=ORDER,
                tracking_number=RESI, scanned_at=NOW, scanned_by=BY, state=state,
            )
        )  # fmt: skip

    db(hand_over)
    assert reason(take(db)) == stops


# ---- what belongs in ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", [SHIRT.seller_sku or "", "kp-htm-l", SHIRT.sku_id, "8990000000001", "]C1KP-HTM-L"[3:]]
)
def test_a_thing_is_known_by_sku_id_seller_s_sku_or_taught_code(db: Db, code: str) -> None:
    db.ingest(waiting())
    db(rows.teach, db.shop, "8990000000001", SHIRT.sku_id, NOW)
    sight = db(packing.scan, opened(db), code, NOW + 1)
    assert (reason(sight), sight.place) == (None, 0)
    assert sight.row is not None
    assert sight.row.contents.lines[0].scanned == 1


def test_quantities_count_and_gifts_are_items_and_the_last_thing_packs_it(db: Db) -> None:
    db.ingest(waiting())
    pid = opened(db)
    places = []
    for at, code in enumerate(("KP-HTM-L", "TP-NVY", "KP-HTM-L", "TP-NVY"), 1):
        sight = db(packing.scan, pid, code, NOW + at)
        places.append(sight.place)
    assert places == [0, 1, 0, 2], "the gift comes after the sold one"
    assert sight.outcome == "packed"
    assert sight.row is not None
    assert sight.row.done_at == NOW + 4
    assert [(scan.at - NOW, scan.code, scan.result, scan.line) for scan in sight.row.contents.scans] == [
        (1, "KP-HTM-L", "right", 0), (2, "TP-NVY", "right", 1), (3, "KP-HTM-L", "right", 0), (4, "TP-NVY", "right", 2),
    ]  # fmt: skip
    assert db.feed()[-1] == ("packing.done", None, None)


@pytest.mark.parametrize(
    ("codes", "stops"),
    [
        (["8999999"], "unknown_item"),
        (["TP-NVY"] * 3, "too_many"),
        (["MS-HTM"], "wrong_item"),
        (["JP7777777777"], "other_parcel"),
    ],
)
def test_a_wrong_thing_stops_until_a_person_has_seen_it(db: Db, codes: list[str], stops: str) -> None:
    other = waiting("580000000000000002", parcel("JP7777777777", "1150000000000000002"))
    db.ingest(waiting(), other)
    db(lambda conn: conn.exec_driver_sql(
        "INSERT INTO stock (shop_id, sku_id, seller_sku, on_hand, updated_at)"
        f" VALUES ({db.shop}, '1730000000000000099', 'MS-HTM', 5, 0)"
    ))  # fmt: skip
    pid = opened(db)
    for at, code in enumerate(codes, 1):
        sight = db(packing.scan, pid, code, NOW + at)
    assert reason(sight) == stops
    assert sight.outcome == "open"
    held = db(packing.scan, pid, "KP-HTM-L", NOW + 9)
    assert held.stop == sight.stop, "nothing is counted before"
    assert held.place is None
    assert reason(db(packing.finish, pid, NOW + 9)) == stops
    seen = db(packing.acknowledge, pid, "Budi", NOW + 10)
    assert seen.stop is None
    assert seen.row is not None
    assert (seen.row.stops[-1].acknowledged_at, seen.row.stops[-1].by) == (NOW + 10, "Budi")
    assert db(packing.scan, pid, "KP-HTM-L", NOW + 11).place == 0


@pytest.mark.parametrize("code", ["ms-htm", "1730000000000000099"])
def test_a_wrong_thing_that_the_shop_sells_is_named(db: Db, code: str) -> None:
    mug = ItemRecord("1730000000000000099", "Mug Polos", 1, 25_000, None, "MS-HTM", "Hitam")
    db.ingest(waiting(), waiting("580000000000000002", parcel("JP7777777777", "115000002"), items=(mug,)))
    sight = db(packing.scan, opened(db), code, NOW + 1)
    assert sight.stop is not None and sight.stop.reason == "wrong_item"
    assert sight.stop.facts == {"name": "Mug Polos", "variation": "Hitam", "sku": "MS-HTM"}
    assert "Mug Polos Hitam (MS-HTM) bukan isi" in packing_words.why(sight.stop, ZoneInfo("Asia/Jakarta"))
    bare = msgspec.structs.replace(sight.stop, facts={"sku": "1730000000000000099"}, code="MS-HTM")
    assert "BARANG SALAH: MS-HTM bukan" in packing_words.why(bare, ZoneInfo("Asia/Jakarta"))


@pytest.mark.parametrize("code", ["jp-1234567890", "jp 1234-567890"])
def test_a_typed_number_is_found_in_any_spelling(db: Db, code: str) -> None:
    db.ingest(waiting())
    assert take(db, code).outcome == "open"


def test_the_parcel_s_own_number_means_nothing(db: Db) -> None:
    db.ingest(waiting())
    pid = opened(db)
    for code in (RESI, ORDER):
        sight = db(packing.scan, pid, code, NOW + 1)
        assert (sight.own, sight.stop) == (True, None)
    assert sight.row is not None
    assert sight.row.contents.scans == ()


def test_goods_without_codes_are_vouched_for(db: Db) -> None:
    db.ingest(waiting())
    pid = opened(db)
    db(packing.scan, pid, "KP-HTM-L", NOW + 1)
    db(packing.by_hand, pid, 0, 1, NOW + 2)
    assert db(packing.by_hand, pid, 0, 1, NOW + 2).place is None, "two of two are in"
    db(packing.by_hand, pid, 0, -1, NOW + 3)
    assert db(packing.by_hand, pid, 0, -1, NOW + 3).place is None, "what was scanned is not taken back"
    assert db(packing.by_hand, pid, 99, 1, NOW + 3).place is None
    sight = db(packing.finish, pid, NOW + 4)
    assert sight.row is not None
    assert sight.outcome == "packed"
    assert [(line.scanned, line.by_hand) for line in sight.row.contents.lines] == [(1, 1), (0, 1), (0, 1)]
    assert [scan.result for scan in sight.row.contents.scans] == [
        "right", "by_hand", "taken_back", "by_hand", "by_hand", "by_hand",
    ]  # fmt: skip


def test_the_last_thing_by_hand_packs_it(db: Db) -> None:
    db.ingest(waiting(items=(CAP,)))
    assert db(packing.by_hand, opened(db), 0, 1, NOW).outcome == "packed"


def test_forty_of_one_are_forty_scans(db: Db) -> None:
    db.ingest(waiting(items=(ItemRecord("7", "Masker", 40, 1, None, "MSK-01"),)))
    pid = opened(db)
    for n in range(39):
        assert db(packing.scan, pid, "MSK-01", NOW + n).outcome == "open"
    assert db(packing.scan, pid, "MSK-01", NOW + 39).outcome == "packed"


def test_an_order_of_which_nothing_is_known_is_never_complete_by_itself(db: Db) -> None:
    db.ingest(waiting(items=()))
    pid = opened(db)
    assert reason(db(packing.scan, pid, "KP-HTM-L", NOW)) == "unknown_item"
    db(packing.acknowledge, pid, BY, NOW)
    assert db(packing.finish, pid, NOW).outcome == "packed"


def test_teaching_a_code_ends_its_stop_and_lasts(db: Db) -> None:
    db.ingest(waiting(), waiting("580000000000000002", parcel("JP2222222222", "1150000000000000002")))
    pid = opened(db)
    assert reason(db(packing.scan, pid, "8990000000001", NOW)) == "unknown_item"
    taught = db(packing.teach, pid, 1, "8990000000001", BY, NOW + 1)
    assert taught.stop is None
    assert db(packing.scan, pid, "8990000000001", NOW + 2).place == 1
    other = opened(db, "JP2222222222")
    assert db(packing.scan, other, "8990000000001", NOW + 3).place == 1
    assert db(rows.forget, db.shop, "8990000000001")
    assert not db(rows.forget, db.shop, "8990000000001")
    assert reason(db(packing.scan, other, "8990000000001", NOW + 4)) == "unknown_item"


def test_a_split_order_s_things_go_into_one_parcel_or_another(db: Db) -> None:
    two = parcel("JP2222222222", "1150000000000000002")
    db.ingest(waiting(ORDER, parcel(), two))
    pid = opened(db)
    db(packing.scan, pid, "KP-HTM-L", NOW)
    first = db(packing.finish, pid, NOW)
    assert first.row is not None
    assert first.row.contents.shared == 2
    assert [line.by_hand for line in first.row.contents.lines] == [0, 0, 0], "nobody vouched for the rest"
    second = take(db, "JP2222222222")
    assert second.row is not None
    assert [(line.sku_id[-2:], line.wanted) for line in second.row.contents.lines] == [
        ("11", 1),
        ("22", 1),
        ("22", 1),
    ]
    # Opened once more and packed with both: that is what counts then.
    db(packing.abort, second.row.id, NOW)
    stopped = take(db)
    assert stopped.row is not None
    again = db(packing.overrule, stopped.row.id, BY, NOW)
    assert again.row is not None
    for _ in range(2):
        db(packing.scan, again.row.id, "KP-HTM-L", NOW)
    db(packing.finish, again.row.id, NOW)
    second = take(db, "JP2222222222")
    assert second.row is not None
    assert [line.sku_id[-2:] for line in second.row.contents.lines] == ["22", "22"]


# ---- what happens meanwhile -----------------------------------------------------------------------------

STEPS: dict[str, Callable[[Db, int], Sight]] = {
    "scan": lambda db, pid: db(packing.scan, pid, "KP-HTM-L", NOW + 5),
    "hand": lambda db, pid: db(packing.by_hand, pid, 0, 1, NOW + 5),
    "finish": lambda db, pid: db(packing.finish, pid, NOW + 5),
    "recheck": lambda db, pid: db(packing.recheck, pid, NOW + 5),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(
    ("change", "stops"),
    [({"status": "CANCELLED"}, "cancelled"), ({"cancel_requested": True}, "cancel_requested")],
)
def test_an_order_cancelled_meanwhile_stops_every_step(
    db: Db, step: str, change: dict[str, Any], stops: str
) -> None:
    db.ingest(waiting())
    pid = opened(db)
    key = (db.shop, "1150000000000000001")
    assert not db(packing.forbidden, key)
    db.ingest(waiting(updated_at=NOW, **change))
    assert db(packing.forbidden, key)
    sight = STEPS[step](db, pid)
    assert reason(sight) == stops
    assert sight.outcome == "stopped"
    assert sight.row is not None
    assert sight.row.id == pid, "it is the same packing that stopped"
    assert db(packing.acknowledge, pid, BY, NOW + 6).row.done_at == NOW + 6  # type: ignore[union-attr]
    assert STEPS[step](db, pid).outcome == "stopped"


def test_what_was_begun_goes_on_after_a_crash_with_its_stop(db: Db) -> None:
    db.ingest(waiting())
    pid = opened(db)
    db(packing.scan, pid, "KP-HTM-L", NOW)
    db(packing.scan, pid, "8999999", NOW)
    again = db(packing.take, RESI, "Budi", NOW + MINUTE)
    assert again.resumed
    assert again.row is not None
    assert (again.row.id, again.row.packer) == (pid, BY)
    assert again.row.contents.lines[0].scanned == 1
    assert reason(again) == "unknown_item"


def test_what_has_ended_never_changes(db: Db) -> None:
    db.ingest(waiting())
    pid = opened(db)
    db(packing.finish, pid, NOW + 1)
    before = db(rows.load, pid)
    for step in STEPS.values():
        step(db, pid)
    db(packing.abort, pid, NOW + 9)
    db(packing.acknowledge, pid, BY, NOW + 9)
    db(packing.teach, pid, 0, "1", BY, NOW + 9)
    assert db(rows.load, pid) == before


def test_an_aborted_packing_can_be_begun_again(db: Db) -> None:
    db.ingest(waiting())
    pid = opened(db)
    assert db(packing.abort, pid, NOW + 1).outcome == "aborted"
    assert opened(db) != pid


def test_a_packing_that_is_gone_is_nothing(db: Db) -> None:
    for step in STEPS.values():
        assert packing.over(step(db, 99))


# ---- the pure parts -------------------------------------------------------------------------------------


def lines(*wanted: int) -> Contents:
    return Contents(tuple(Line(1, ORDER, n, f"s{n}", f"n{n}", want) for n, want in enumerate(wanted)))


def test_matching_counts_the_first_line_that_wants_it() -> None:
    twice = Contents((Line(1, "a", 0, "s", "n", 1), Line(2, "b", 0, "s", "n", 1)))
    first = match(twice, {}, "s")
    assert isinstance(first, Right)
    second = match(first.contents, {}, "s")
    assert isinstance(second, Right)
    assert (first.place, second.place) == (0, 1)
    assert second.contents.complete
    third = match(second.contents, {}, "s")
    assert isinstance(third, Wrong)
    assert third.reason == "too_many"


def test_matching_takes_any_code() -> None:
    for text in CORPUS:
        hostile = Contents((Line(1, text, 0, text or "x", text, 1, seller_sku=text),))
        match(hostile, {}, text)
        match(hostile, {text: text or "x"}, text)


def test_vouching_completes_all_but_a_shared_parcel() -> None:
    assert vouched(lines(3, 1), NOW).complete
    shared = Contents(lines(3).lines, shared=2)
    assert vouched(shared, NOW) == shared
    assert count(lines(0), 0, 1, NOW) is None


def test_a_parcel_without_hindrance_may_be_packed() -> None:
    part = Part(1, ORDER, "AWAITING_COLLECTION", "", False, None, None, None, 1)
    assert hindrance(Parcel(1, "t", "p", None, None, None, None, None, (part,)), Past()) is None


@pytest.mark.parametrize(
    ("reason", "place"),
    [("cancel_requested", "tab 1 Tindakan (r)"), ("return_open", "tab 9 Pengembalian (r)")],
)
def test_a_request_is_answered_where_it_stands(reason: str, place: str) -> None:
    assert place in packing_words.how(Stop(NOW, reason)) and place in handover_words.how(reason)
