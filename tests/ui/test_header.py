"""The top line at every width: what burns stays, what says that all is well goes first."""

from __future__ import annotations

import pytest

from jobs.health.watch import Shown
from jobs.parcels.performance import Rate
from store.status import Tab
from store.times import MINUTE, SECOND, WIB
from store.views import HealthRow, ShopRow, TabCountRow, Today
from tests.ui.screen_kit import NOW
from tui.widgets.header import Header
from tui.widgets.tab_strip import TabStrip


def source(job: str, age: int) -> HealthRow:
    return HealthRow(job, "a", NOW - age, None, None, None, None)


@pytest.mark.parametrize(
    ("width", "late", "told"),
    [
        (
            120,
            0,
            "pesanan 4 dtk lalu   resi 2 mnt lalu   hari ini 143 baru · 98 dikirim   telat 2,1 % (7 hari)",
        ),
        (80, 0, "hari ini 143 baru · 98 dikirim   telat 2,1 % (7 hari)"),
        (110, 0, "pesanan 4 dtk lalu   hari ini 143 baru · 98 dikirim   telat 2,1 % (7 hari)"),
        (50, 0, "telat 2,1 % (7 hari)"),
        (80, 9 * MINUTE, "pesanan 9 mnt lalu, tertunda   telat 2,1 % (7 hari)"),
        (60, 9 * MINUTE, "pesanan 9 mnt lalu, tertunda"),
    ],
)
def test_what_falls_off_first(width: int, late: int, told: str) -> None:
    header = Header(WIB, read_only=False)
    health = [source("orders", late or 4 * SECOND), source("tracking", 2 * MINUTE)]
    header.show([ShopRow(1, "toko-contoh", "tiktok", "Toko Contoh")], health, Today(143, 98), NOW)
    assert "telat" not in "".join(piece for piece, _ in header.content(200, 1)[0])
    header.show_rate(Shown(NOW, Rate(0.021, None, None, None, 4, 190, 0)))
    header.show_rate(Shown(NOW - 1, Rate(0.5, None, None, None, 95, 190, 0)))  # asked earlier, answered later
    [line] = header.content(width, 1)
    text = "".join(piece for piece, _ in line)
    assert text.split("   ", 1)[1].strip() == told
    assert len(text) <= width


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (
            120,
            "1 Tindakan 52!  2 Belum bayar 27  3 Kirim 168  4 Diambil 3  5 Jalan 403  6 Tiba 66  7 Selesai",
        ),
        (80, "1 Aksi 52! 2 Bayar 27 3 Kirim 168 4 Ambil 3 5 Jalan 403 6 66 7 8 9 Retur 3"),
        (60, "1 Aksi 52! 2 27 3 Kirim 168 4 Ambil 3 5 403 6 66 7 8 9 3"),
    ],
)
def test_tabs_keep_as_many_names_as_fit(width: int, told: str) -> None:
    strip = TabStrip(WIB)
    many = {1: 52, 2: 27, 3: 168, 4: 3, 5: 403, 6: 66, 7: 1200, 8: 40, 9: 3}
    strip.show({Tab(key): TabCountRow(Tab(key), n, None) for key, n in many.items()}, Tab.TO_SHIP, NOW)
    text = "".join(piece for piece, _ in strip.content(width, 1)[0])
    assert text.strip().startswith(told) and len(text) <= width
