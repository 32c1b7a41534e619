"""An order in words: countdowns, columns at each width, flags, masks. Pure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from store.status import Tab
from store.times import DAY, HOUR, MINUTE, SECOND
from store.views import OrderRow
from tests.ui.screen_kit import NOW, row
from tui import present, strings
from tui.clock import Urgency, age, countdown, day_and_clock, day_start, full
from tui.widgets.columns import ENOUGH_ITEMS, TWO_REASONS, layout

ZONE = ZoneInfo("Asia/Jakarta")


def line(
    order: OrderRow, width: int, tab: Tab = Tab.TO_SHIP, *, marked: bool = False, mask: bool = True
) -> str:
    """The row as text."""
    clocks = present.ticking(order, NOW, ZONE)
    pieces = present.pieces(order, layout(tab, width), clocks, cursor=False, marked=marked, mask=mask)
    return "".join(text for text, _ in pieces)


def role_of(order: OrderRow, word: str, tab: Tab = Tab.TO_SHIP) -> str:
    """The role of the piece in which a word stands."""
    clocks = present.ticking(order, NOW, ZONE)
    pieces = present.pieces(order, layout(tab, 200), clocks, cursor=False, marked=False)
    return next(role for text, role in pieces if word in text)


@pytest.mark.parametrize(
    ("left", "text", "urgency"),
    [
        (30 * SECOND, "30 dtk !", Urgency.SOON),
        (47 * MINUTE, "47 mnt !", Urgency.SOON),
        (62 * MINUTE, "1 j 02 mnt", Urgency.CALM),
        (5 * HOUR + 12 * MINUTE, "5 j 12 mnt", Urgency.CALM),
        (28 * HOUR + 59 * MINUTE, "besok 23.59", Urgency.CALM),
        (3 * DAY, "Sab 19.00", Urgency.CALM),
        (20 * DAY, "15 Des 19.00", Urgency.CALM),
        (-1, "telat 0 dtk", Urgency.LATE),
        (-5 * MINUTE, "telat 5 mnt", Urgency.LATE),
        (-2 * HOUR, "telat 2 j", Urgency.LATE),
        (-5 * DAY, "telat 5 hr", Urgency.LATE),
    ],
)
def test_countdowns_are_worded(left: int, text: str, urgency: Urgency) -> None:
    assert countdown(NOW + left, NOW, ZONE) == (text, urgency)


def test_no_deadline_is_no_countdown() -> None:
    assert countdown(None, NOW, ZONE) == ("", Urgency.NONE)


def test_clock_times_are_those_of_the_seller() -> None:
    assert day_and_clock(NOW, NOW, ZONE) == "19.00"
    assert full(NOW, ZONE) == "25 Nov 19.00 WIB"
    assert full(NOW, ZoneInfo("Asia/Jayapura")) == "25 Nov 21.00 WIT"
    assert day_start(NOW, ZONE) == NOW - 19 * HOUR
    assert age(NOW + 5 * SECOND, NOW) == "0 dtk"
    strings.use("en")
    assert countdown(NOW + 28 * HOUR, NOW, ZONE).text == "tmrw 23.00"


def test_the_row_of_the_sketch() -> None:
    order = row(118, note="tolong bubble wrap", order_id="580000000000000118")
    assert " ".join(line(order, 119).split()) == (
        "…000000118 5 j 47 mnt ! 5 j 12 mnt B*** S*** 2x Kaos Polos Hitam,… 136.000 J&T catatan baru"
    )
    assert line(order, 119, marked=True).startswith(" ● ")


def test_the_order_id_is_recognisable_at_every_width() -> None:
    order = row(order_id="580000000000000118")
    assert "…0118 " in line(order, 79)
    assert "…000000118 " in line(order, 119)
    assert "580000000000000118 " in line(order, 199)
    assert present.order_id("12", 5) == "12"


def test_more_room_shows_more() -> None:
    order = row(city="Kota Bandung", courier_name="J&T Express")
    names = {
        width: [column.name for column in layout(Tab.TO_SHIP, width).columns] for width in (79, 119, 199)
    }
    # The one clock of a narrow list is two where there is room.
    assert set(names[79]) - {"due"} < set(names[119]) < set(names[199])
    assert "Kota Bandung" in line(order, 199)
    assert "J&T Express" in line(order, 199)


def test_a_narrow_list_shows_the_clock_that_runs_out_first() -> None:
    for language, title in (("id", "Batas"), ("en", "Due")):
        strings.use(language)
        assert f" {title} " in present.heading(layout(Tab.TO_SHIP, 79), 0)[0][0]
    strings.use("id")
    of_files = row(arrange_by=None)
    assert "5 j 12 mnt" in line(of_files, 79)
    assert "47 mnt !" in line(row(), 79)
    assert "5 j 12 mnt" not in line(row(), 79)
    assert [column.name for column in layout(Tab.TO_SHIP, 119).columns][2:4] == ["arrange", "scan"]


def test_the_items_are_told_in_the_chosen_language() -> None:
    several = row(summary="3 barang: Kaos Polos, Topi")
    assert "3 barang: Kaos Polos, Topi" in line(several, 199)
    strings.use("en")
    assert "3 items: Kaos Polos, Topi" in line(several, 199)
    assert "2x Kaos Polos Hitam, L" in line(row(), 199)


def test_the_total_ends_in_its_column_and_is_never_cut_silently() -> None:
    columns = layout(Tab.TO_SHIP, 119)
    heading = present.heading(columns, 0)[0][0]
    end = heading.index("Total") + len("Total")
    for total in (0, 67_500, 1_782_500):
        assert line(row(total=total), 119)[:end].endswith(strings.number(total))
    assert "USD 12" in line(row(total=12, currency="USD"), 119)


def test_flags_are_words_and_the_weightiest_come_first() -> None:
    order = row(
        note="x", cod=True, packages=2, channel="TOKOPEDIA", cancel_requested=True, action_state="unknown"
    )
    words = [text for text, _ in present.flags(order)]
    assert words == ["minta batal", "diperiksa", "catatan", "COD", "2 paket", "Tokopedia", "baru"]
    assert "minta batal +6" in line(order, 119)
    assert [text for text, _ in present.flags(row(confirmed_at=1))] == ["konfirmasi"]
    assert present.flags(row(action_state="refused"))[0][0] == "ditolak"
    assert present.flags(row(action_state="queued"))[0][0] == "antre kirim"


def test_every_colour_of_alarm_has_its_word_or_sign() -> None:
    assert role_of(row(), "47 mnt !") == "soon"
    assert role_of(row(arrange_by=NOW - HOUR), "telat 1 j") == "late"
    assert role_of(row(cancel_requested=True), "minta batal") == "late"
    moving = row(status="IN_TRANSIT", tracking_status="delivery_failed")
    assert role_of(moving, "gagal antar !", Tab.TRANSIT) == "soon"


@pytest.mark.parametrize(("courier", "shown"), [("out_for_delivery", "sampai"), ("exception", "sampai"),
                                                (None, "sampai"), ("returned", "kembali ke toko !")])  # fmt: skip
def test_what_the_platform_says_has_arrived_is_not_on_its_way_for_a_slow_courier(
    courier: str | None, shown: str
) -> None:
    order = row(status="DELIVERED", tracking_status=courier, last_event_at=NOW - HOUR)
    text = line(order, 119, Tab.DELIVERED)
    assert shown in text and "diantar" not in text


def test_clocks_that_no_longer_run_are_not_shown() -> None:
    clocks = present.ticking(row(status="IN_TRANSIT"), NOW, ZONE)
    assert (clocks.arrange.text, clocks.scan.text) == ("", "")
    waiting = present.ticking(row(status="AWAITING_COLLECTION"), NOW, ZONE)
    assert (waiting.arrange.text, waiting.scan.text) == ("", "5 j 12 mnt")
    assert "5 j 12 mnt" in line(row(status="AWAITING_COLLECTION"), 119, Tab.COLLECTION)


def test_the_action_tab_says_why() -> None:
    order = row(attention="arrange_soon,cancel_request", cancel_requested=True)
    assert "segera atur, minta batal" in line(order, 199, Tab.ACTION)
    late = row(attention="arrange_soon", arrange_by=NOW - HOUR)
    assert present.reasons(late, present.ticking(late, NOW, ZONE)) == ["telat"]
    unknown = row(attention="brand_new")
    assert present.reasons(unknown, present.ticking(unknown, NOW, ZONE)) == ["brand_new"]


def test_names_are_masked_unless_asked() -> None:
    assert present.buyer("Siti Aminah") == "S*** A***"
    assert present.buyer("B*** S***") == "B*** S***"
    assert present.buyer("Siti Aminah", mask=False) == "Siti Aminah"
    assert present.buyer(None) == ""
    assert "Siti" not in line(row(buyer="Siti Aminah"), 199)


def test_an_unknown_status_is_shown_as_the_platform_says_it() -> None:
    assert present.status(row(status="UNKNOWN", raw_status="ON_THE_MOON")) == "Status baru: ON_THE_MOON"
    assert present.status(row(status="LATER_WORD", raw_status="LATER_WORD")) == "Status baru: LATER_WORD"
    assert present.status(row()) == "Perlu dikirim"


@pytest.mark.parametrize(
    ("width", "shown"), [(80, "di perjalanan  "), (120, "di perjalanan 8 j "), (200, "8 j")]
)
def test_the_age_of_a_position_is_shown_whole_or_not_at_all(width: int, shown: str) -> None:
    order = row(
        status="IN_TRANSIT",
        tracking_number="JP1",
        tracking_status="in_transit",
        last_event_at=NOW - 8 * HOUR,
        summary="x",
    )
    text = line(order, width, Tab.TRANSIT)
    assert shown in text
    assert "…" not in text.removeprefix("    …")[6:]


def test_the_reasons_grow_where_the_goods_have_enough() -> None:
    cells = {column.name: column.width for column in layout(Tab.ACTION, 118).columns}
    assert cells["why"] >= len("segera serahkan +1") and cells["items"] >= ENOUGH_ITEMS
    assert {column.name: column.width for column in layout(Tab.ACTION, 150).columns}["why"] == TWO_REASONS
    for width in range(20, 220):
        columns = layout(Tab.ACTION, width).columns
        assert sum(column.width for column in columns) <= max(width, 48)
