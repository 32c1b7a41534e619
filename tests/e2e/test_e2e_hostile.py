"""Hostile texts in every field of every order, and a real terminal: nothing of them may act, no row may slip.

The emulator answers what a terminal would do; the raw bytes answer what a terminal was asked to do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from store import orders
from store.db import Store
from store.records import ItemRecord, OrderRecord, PackageRecord
from store.times import HOUR, now_ms
from tests.e2e.monitor import Monitor
from tests.e2e.program import Pantau, write_config
from tests.ui.hostile import CORPUS

pytestmark = pytest.mark.pty

SHOP = '[[shops]]\nname = "toko-contoh"\nkind = "file"\n'
# String controls a terminal obeys: OSC (title, clipboard, links), DCS, SOS, PM, APC, in 7 and in 8 bits.
_STRINGS = re.compile(rb"\x1b([]P^_X])(.*?)(?:\x1b\\|\x07)", re.DOTALL)
# The toolkit itself names the shape of the mouse pointer.
_POINTER = re.compile(rb"22;[a-z-]*")
_CSI = re.compile(rb"\x1b\[([0-9;:<=>?]*)([ -/]*)([@-~])")
# What the screen needs: positions, colours, modes, key protocol, mode queries. `2J`, `6n` and `t` are not among it.
# C0 and C1, and the invisible signs that turn the direction of what follows or hide in it.
_CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u2069\U000e0041]")
_FINALS = frozenset("Hmhlupq")


def record(place: int, text: str, status: str, now: int) -> OrderRecord:
    """An order in which everything a stranger can write is this text."""
    return OrderRecord(
        order_id=f"58000000000{place:07d}",
        status=status,
        raw_status=status if status != "UNKNOWN" else text,
        created_at=now - 5 * HOUR,
        updated_at=now - HOUR,
        paid_at=now - 4 * HOUR,
        arrange_by=now + 9 * HOUR,
        scan_by=now + 20 * HOUR,
        items=(ItemRecord(f"17300{place}", text, 2, 68_000, None, text, text),),
        packages=(
            PackageRecord(f"1150000{place:07d}", "TO_FULFILL", text[:300], text, tracking_number=text[:300]),
        ),
        buyer=text,
        city=text,
        province=text,
        address=text,
        phone=text[:300],
        note=text,
        seller_note=text,
        delivery_option=text,
        payment_method=text[:300],
        cancel_reason=text,
        total=136_000,
    )


@pytest.fixture(scope="module")
def pantau(tmp_path_factory: pytest.TempPathFactory) -> Pantau:
    """The program with a store full of it, a kilobyte of each text at most."""
    folder = tmp_path_factory.mktemp("hostile")
    program = Pantau(write_config(folder, SHOP), {})
    program.data.mkdir(mode=0o700)
    now = now_ms()
    states = ("AWAITING_SHIPMENT", "IN_TRANSIT", "UNKNOWN")
    store = Store.open(str(program.data / "pantau.db"))
    records = [
        record(place * 10 + n, text[:1000], status, now)
        for place, text in enumerate(CORPUS)
        for n, status in enumerate(states)
    ]
    store.write(lambda conn: orders.ingest(conn, orders.shop_pk(conn, "toko-contoh", "file"), records, now))
    store.close()
    return program


def acted(raw: bytes) -> list[bytes]:
    """Every control in what was written that a program of ours has no reason to write."""
    found = [match[0] for match in _STRINGS.finditer(raw) if not _POINTER.fullmatch(match[2])]
    rest = _STRINGS.sub(b"", raw)
    for match in _CSI.finditer(rest):
        if chr(match[3][0]) not in _FINALS or (match[3] == b"q" and match[2]):
            found.append(match[0])
    text = _CSI.sub(b"", rest).decode()
    text = re.sub(r"\x1b[=>78()][0B]?", "", text)
    found += [text[max(0, m.start() - 20) : m.end() + 20].encode() for m in _CONTROL.finditer(text)]
    return found


def upright(monitor: Monitor) -> None:
    """The frame of the screen is where it belongs: nothing was wider or higher than it said."""
    lines = monitor.lines()
    assert lines[0].startswith(" Pantau"), monitor.text()
    assert lines[1].lstrip().startswith("1 "), monitor.text()
    assert set(lines[2].strip()) == {"─"}, monitor.text()
    # Amounts are right-aligned in a column of their own; a row that slipped has it elsewhere.
    assert len({cell_of(monitor, row.line, "136.000") for row in monitor.rows()}) <= 1, monitor.text()


def cell_of(monitor: Monitor, line: int, word: str) -> int:
    """The column in which a word begins; a sign that is two cells wide leaves the second one empty."""
    cells = [monitor.screen.buffer[line][x].data for x in range(monitor.screen.columns)]
    for x in range(len(cells)):
        if "".join(cells[x : x + len(word)]) == word:
            return x
    raise AssertionError(f"no {word} in line {line}:\n{monitor.text()}")


def press(monitor: Monitor, keys: Sequence[str]) -> None:
    """Press keys and let the screen come to rest after each."""
    for key in keys:
        monitor.send(key)
        # After a lone Esc a program waits whether more of a longer key comes; the next key must not be that.
        monitor.settle(0.15 if key == "escape" else 0.04)
        assert not monitor.ended, bytes(monitor.raw[-2000:])


@pytest.mark.parametrize(("cols", "rows"), [(120, 36), (80, 24)])
def test_nothing_foreign_acts_and_no_row_slips(pantau: Pantau, cols: int, rows: int) -> None:
    with Monitor.of(pantau, "--no-jobs", cols=cols, rows=rows) as monitor:
        monitor.until(lambda: monitor.rows() and 5 in monitor.counts(), "the list appeared")
        for tab in "513":
            press(monitor, [tab])
            monitor.until(monitor.rows, "the tab is open")
            for _ in range(0, len(CORPUS), rows):
                upright(monitor)
                press(monitor, ["pagedown"])
            upright(monitor)
            press(monitor, ["home"])
        if rows > 30:
            press(monitor, ["down"] * len(CORPUS))  # each in turn in the pane under the list
        press(monitor, ["home"])
        for _ in range(6):
            press(monitor, ["enter", "pagedown", "escape", *["down"] * 9])
        press(monitor, ["/", "w", "i", "d", "e", "escape", "escape"])
        press(monitor, ["s", "escape", "!", "escape", "?", "escape"])
        monitor.settle(0.3)
        monitor.insist("escape", lambda: monitor.rows() and "╰" not in monitor.text(), "the list is back")
        # A key that came before its dialog had closed is told in the corner, over a row.
        monitor.until(lambda: "Tombol itu" not in monitor.text(), "no notice covers a row")
        upright(monitor)
        assert "PWN" not in monitor.screen.title
        monitor.send("q")
        assert monitor.reap(5), monitor.text()
        monitor.drain()
        assert monitor.status == 0
        assert monitor.left_on() == set()
        assert acted(bytes(monitor.raw)) == []
    assert pantau.json("actions") == []


def test_the_commands_print_no_control_either(pantau: Pantau) -> None:
    for command in (("orders", "--limit", "1000"), ("order", "580000000000000000")):
        out = pantau.run(*command).stdout
        assert [sign for sign in out if (sign < " " and sign != "\n") or "\x7f" <= sign <= "\x9f"] == []


def test_what_is_stored_is_what_came_in(pantau: Pantau) -> None:
    by_id = {order["order_id"]: order for order in pantau.json("orders", "--limit", "1000")}
    for place, text in enumerate(CORPUS):
        order = by_id[f"58000000000{place * 10:07d}"]
        assert order["note"] == text[:1000]
        assert order["items"][0]["name"] == text[:1000]
