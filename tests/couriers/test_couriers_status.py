"""From rows to a journey: order, duplicates, and which row decides."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from couriers.base import Outcome, Parcel, TrackingResult
from couriers.status import KEPT_ROWS, LONGEST_TEXT, Row, journey
from store.times import DAY, HOUR, MINUTE
from tests.couriers.courier_kit import JNT, NOW

WORDS = (
    "Manifes",
    "TELAH DIAMBIL",
    "TELAH TIBA",
    "SEDANG DIANTAR",
    "GAGAL KIRIM",
    "SEDANG DIANTAR",
    "TERKIRIM",
)


def told(*rows: Row, newest_first: bool = False) -> TrackingResult:
    return journey(rows, parcel=Parcel(JNT, "jnt"), source="test", now=NOW, newest_first=newest_first)


def ago(hours: float, text: str, location: str | None = None) -> Row:
    return Row(NOW - round(hours * HOUR), text, location)


@given(st.randoms(use_true_random=False), st.booleans())
def test_the_wire_s_order_never_changes_the_journey(dice: random.Random, newest_first: bool) -> None:
    rows = [ago(len(WORDS) - place, text) for place, text in enumerate(WORDS)]
    mixed = dice.sample(rows, len(rows))

    result = told(*mixed, newest_first=newest_first)

    assert [event.text for event in result.events] == list(WORDS)
    assert (result.status, result.delivered_at) == ("delivered", NOW - HOUR)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(WORDS)), max_size=12), st.integers(2, 3))
def test_rows_told_twice_are_one_row(drawn: list[tuple[int, str]], times: int) -> None:
    rows = [ago(hours, text) for hours, text in drawn]
    once, often = told(*rows), told(*rows * times)
    assert sorted(e.text for e in once.events) == sorted(e.text for e in often.events)
    assert len(once.events) == len(set(rows))


def test_spacing_and_case_do_not_make_another_row_but_place_and_time_do() -> None:
    assert len(told(ago(1, "TELAH  TIBA"), ago(1, "telah tiba")).events) == 1
    assert len(told(ago(1, "TELAH TIBA", "SOLO"), ago(1, "TELAH TIBA", "PATI")).events) == 2
    assert len(told(ago(1, "TELAH TIBA"), ago(2, "TELAH TIBA")).events) == 2


def test_in_one_minute_the_later_row_of_the_wire_wins() -> None:
    out, done = ago(1, "SEDANG DIANTAR"), ago(1, "TERKIRIM")
    assert told(done, out, newest_first=True).status == "delivered"
    assert told(out, done, newest_first=False).status == "delivered"


def test_a_row_without_a_time_keeps_its_place() -> None:
    result = told(Row(None, "TERKIRIM"), ago(2, "SEDANG DIANTAR"), ago(3, "TELAH TIBA"), newest_first=True)
    assert [event.text for event in result.events] == ["TELAH TIBA", "SEDANG DIANTAR", "TERKIRIM"]
    assert (result.status, result.delivered_at) == ("delivered", None)


def test_rows_without_any_time_keep_the_promised_order() -> None:
    rows = [Row(None, text) for text in WORDS]
    assert [event.text for event in told(*rows).events] == list(WORDS)
    assert [event.text for event in told(*reversed(rows), newest_first=True).events] == list(WORDS)


def test_a_clock_that_runs_ahead_is_tolerated_and_flagged() -> None:
    result = told(ago(2, "TELAH TIBA"), ago(-2, "SEDANG DIANTAR"))
    assert result.status == "out_for_delivery"
    assert [event.future for event in result.events] == [False, True]


def test_an_impossible_date_does_not_rule_for_a_year() -> None:
    wrong = Row(NOW + 300 * DAY, "TELAH TIBA")
    result = told(ago(1, "TERKIRIM"), wrong, ago(9, "TELAH DIAMBIL"), newest_first=True)
    assert (result.status, [event.future for event in result.events]) == ("delivered", [False, True, False])


def test_unknown_words_leave_the_decision_to_the_row_before() -> None:
    assert told(ago(2, "SEDANG DIANTAR"), ago(1, "FOTO DIUNGGAH")).status == "out_for_delivery"
    assert told(ago(1, "FOTO DIUNGGAH")).status == "unknown"


def test_going_back_is_normal() -> None:
    assert told(ago(3, "SEDANG DIANTAR"), ago(2, "GAGAL KIRIM"), ago(1, "TELAH TIBA")).status == "in_transit"


def test_what_has_arrived_stays_arrived() -> None:
    assert told(ago(2, "TERKIRIM"), ago(1, "TELAH TIBA")).status == "delivered"
    assert told(ago(2, "TERKIRIM"), ago(1, "DITAHAN")).status == "delivered"
    assert told(ago(2, "RETURNED TO SENDER"), ago(1, "TERKIRIM")).status == "returned"


def test_explicit_later_evidence_takes_a_delivery_back() -> None:
    back = told(ago(2, "TERKIRIM"), ago(1, "PAKET DIRETUR"))
    assert (back.status, back.delivered_at) == ("returning", None)
    corrected = told(ago(2, "TERKIRIM"), ago(1, "GAGAL ANTAR"))
    assert (corrected.status, corrected.delivered_at) == ("delivery_failed", None)


def test_a_way_back_ends_at_the_sender_unless_the_row_names_the_buyer() -> None:
    assert told(ago(2, "PAKET DIRETUR"), ago(1, "DELIVERED TO [TOKO]")).status == "returned"
    assert told(ago(2, "PAKET DIRETUR"), ago(1, "TERKIRIM (DITERIMA OLEH: PENERIMA)")).status == "delivered"


def test_the_proof_of_delivery_of_a_return_is_a_return() -> None:
    assert told(ago(3, "PAKET DIRETUR"), ago(2, "TELAH TIBA"), ago(1, "POD RETUR")).status == "returned"
    assert told(ago(2, "PAKET DIRETUR"), ago(1, "POD")).status == "returned"
    assert told(ago(2, "SEDANG DIANTAR"), ago(1, "POD")).status == "delivered"


def test_a_hub_s_receipt_after_the_delivery_changes_nothing_and_before_it_delivers_nothing() -> None:
    hub = "Paket telah diterima oleh HUB Solo"
    assert told(ago(2, "SEDANG DIANTAR"), ago(1, hub)).status == "in_transit"
    assert told(ago(2, "TERKIRIM"), ago(1, hub)).status == "delivered"


def test_a_cancelled_pick_up_does_not_hold_a_parcel_that_moves() -> None:
    assert told(ago(2, "PICKUP CANCELLED"), ago(1, "PICKED UP")).status == "picked_up"
    assert told(ago(2, "ORDER CANCELLED"), ago(1, "MANIFES")).status == "cancelled"


def test_a_second_depot_is_no_second_pick_up() -> None:
    rows = [ago(3, "Paket telah diterima oleh DC_SOLO"), ago(2, "TELAH BERANGKAT")]
    assert told(*rows, ago(1, "Paket telah diterima oleh DC_PATI")).status == "in_transit"


def test_a_loss_keeps_its_reason_until_something_newer_happens() -> None:
    lost = told(ago(2, "PAKET HILANG"))
    assert (lost.status, lost.reason, lost.terminal) == ("exception", "lost", False)
    found = told(ago(2, "PAKET HILANG"), ago(1, "TELAH TIBA"))
    assert (found.status, found.reason) == ("in_transit", None)


def test_an_endless_history_keeps_its_newest_rows() -> None:
    rows = [Row(NOW - place * MINUTE, f"TELAH TIBA {place}") for place in range(100_000)]
    result = told(Row(NOW, "TERKIRIM " + "x" * 1_000_000), *rows, newest_first=True)
    assert (result.outcome, result.status, len(result.events)) == (Outcome.OK, "delivered", KEPT_ROWS)
    assert max(len(event.text) for event in result.events) == LONGEST_TEXT


def test_no_rows_is_an_answer_without_a_status() -> None:
    assert (told().outcome, told().status, told().events) == (Outcome.OK, "unknown", ())


def test_what_is_on_its_way_back_is_delivered_to_the_sender_however_many_rows_later() -> None:
    back = [
        ago(9, "AKAN DIKEMBALIKAN KE PENGIRIM"),
        ago(6, "TELAH TIBA DI HUB SOLO"),
        ago(3, "SEDANG DIANTAR"),
    ]
    assert told(*back, ago(1, "DELIVERED TO [TOKO CONTOH]")).status == "returned"
    assert told(*back, ago(1, "DITERIMA OLEH PENERIMA")).status == "delivered"
    again = [*back[:1], ago(4, "ANTAR ULANG KE PENERIMA"), ago(3, "SEDANG DIANTAR")]
    assert told(*again, ago(1, "DELIVERED TO [BUDI]")).status == "delivered"


def test_a_zero_time_is_no_time() -> None:
    for at in (-62_135_622_000_000, 0, 253_402_300_799_000, 1 << 60):
        result = told(Row(at, "TERKIRIM"))
        assert (result.status, result.delivered_at, result.events[0].at) == ("delivered", None, None)
