"""Conversations on the screen: the list by its clock, one conversation, answers by one key, sending after one yes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets._toast import Toast

from jobs.config.keys import ChatSettings
from store.bulk import table_of
from store.db import Store
from store.models import Action
from store.records import PackageRecord
from store.times import HOUR
from tests.conftest import FrozenClock
from tests.jobs.runtime_kit import rows
from tests.ui.chat_kit import BUYER_ID, said_by, talked
from tests.ui.dialog_kit import answer, queued, said, toasts
from tests.ui.hostile import CORPUS
from tests.ui.screen_kit import NOW, ON_BOTH, changed, picture, put, record, running, until
from tui.app import PantauApp
from tui.screens import message_draft as drafts
from tui.screens.chats import ChatsScreen
from tui.screens.message import MessageScreen
from tui.screens.message_box import Box, Lines
from tui.toasts import held

SHIPPED: dict[str, Any] = {"status": "IN_TRANSIT", "raw_status": "IN_TRANSIT", "buyer_id": BUYER_ID}
PARCEL = PackageRecord("11500000000001", status="FULFILLING", courier="jnt", tracking_number="JX123456789")


def texts(store: Store) -> list[str]:
    """What the outbox was given, the oldest first."""
    rows = store.read(lambda conn: conn.execute(table_of(Action).select()).all())
    return [msgspec.json.decode(row.params)["text"] for row in rows if row.kind == "message"]


async def key(app: PantauApp, pilot: Pilot[int], *keys: str) -> None:
    await pilot.press(*keys)
    await until(pilot, lambda: not app.data.busy)
    await pilot.pause()


@asynccontextmanager
async def listed(
    store: Store, clock: FrozenClock, **options: Any
) -> AsyncIterator[tuple[PantauApp, Pilot[int]]]:
    """The list of conversations, opened by its key."""
    async with running(store, clock, **options) as (app, pilot):
        await pilot.press("M")
        await until(pilot, lambda: isinstance(app.screen, ChatsScreen))
        await key(app, pilot)
        yield app, pilot


@asynccontextmanager
async def opened(
    store: Store, clock: FrozenClock, **options: Any
) -> AsyncIterator[tuple[PantauApp, Pilot[int]]]:
    """The conversation with the buyer of the first order, opened by its key."""
    async with running(store, clock, **options) as (app, pilot):
        app.main.go_to(1)
        await until(pilot, lambda: app.main.orders.cursor is not None)
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, MessageScreen))
        await key(app, pilot)
        yield app, pilot


@ON_BOTH
async def test_what_waits_stands_first_by_its_clock_and_enter_opens_it(
    store: Store, clock: FrozenClock
) -> None:
    put(store, [record(1, packages=(PARCEL,), **SHIPPED)])
    talked(
        store, said_by("BUYER", "sudah dijawab", 1), said_by("SHOP", "siap kak", 2), number=1, buyer_id="9"
    )
    talked(store, said_by("BUYER", "baru saja", 3), number=2, buyer_id="8", buyer="C*** D***")
    talked(store, said_by("BUYER", "lama", 4, at=NOW - 13 * HOUR), number=3)
    async with listed(store, clock) as (app, pilot):
        shown = said(app)
        assert "Percakapan · 2 menunggu jawaban, 1 lewat waktu" in shown
        assert shown.index("lama") < shown.index("baru saja") < shown.index("Toko: siap kak")
        await key(app, pilot, "f")
        assert "siap kak" not in said(app)
        await key(app, pilot, "j")
        talked(store, said_by("BUYER", "lebih mendesak", 9, at=NOW - 20 * HOUR), number=4, buyer_id="7")
        await changed(app, pilot)
        app.screen.store_changed()  # type: ignore[attr-defined]
        await key(app, pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, MessageScreen))
        await key(app, pilot)
        assert "C*** D*** · tanpa pesanan" in said(app)  # the cursor stayed on its conversation
        assert "sisa 11 j" in said(app) and "Pembeli baru saja" in said(app)
        # Only the one that was opened is noted as seen, for the job that tells the platform.
        seen = "SELECT last_text FROM conversations WHERE seen_message = synced_message"
        await until(pilot, lambda: rows(store, seen) == [("baru saja",)])
        await key(app, pilot, "1")
        assert "perlu pesanan pembeli ini" in toasts(app)[-1]
        await key(app, pilot, "e")
        assert set(app.spoken.values()) == {"en"}
        # The news lead there too.
        await key(app, pilot, "escape", "escape", "exclamation_mark", "enter")
        await until(pilot, lambda: isinstance(app.screen, MessageScreen) and "lebih mendesak" in said(app))
        await key(app, pilot, "e")  # the language chosen for the one before is on for this one too
        assert "Indonesia" in toasts(app)[-1]
        assert drafts.spoken(app.spoken, drafts.Talk(), "en") == "id"


async def test_a_sheet_is_copied_or_sent_after_one_yes_and_never_by_enter(
    store: Store, clock: FrozenClock
) -> None:
    put(store, [record(1, packages=(PARCEL,), **SHIPPED)])
    talked(store, said_by("BUYER", "paket saya dmn ya min", 1))
    async with opened(store, clock) as (app, pilot):
        assert f"B*** S*** · pesanan {record(1).order_id}" in said(app)
        await key(app, pilot, "s")
        assert "Belum ada jawaban" in toasts(app)[-1]
        await key(app, pilot, "1")
        assert "Nomor resi: JX123456789" in said(app)
        await key(app, pilot, "y")
        assert app.clipboard.startswith(f"Halo kak, soal pesanan {record(1).order_id}:")
        await key(app, pilot, "e")
        assert "Tracking number: JX123456789" in said(app)
        assert app.screen.query(Toast)
        await key(app, pilot, "s")
        assert "persis seperti ini" in said(app) and "paket saya dmn" not in said(app)
        # Nothing covers the text: what was told goes, what is told waits or stays out of sight.
        app.say("kabar lain")
        await pilot.pause()
        assert held(app.screen) and not any(toast.display for toast in app.screen.query(Toast))
        await key(app, pilot, "enter")
        assert "paket saya dmn" in said(app) and texts(store) == [] and not held(app.screen)
        await key(app, pilot, "s", "x")
        assert toasts(app)[-1] == "Belum dikirim: itu bukan y. Tekan s lagi untuk mengirim."
        await key(app, pilot, "s", "escape", "s", "y")
        await until(pilot, lambda: len(texts(store)) == 1)
        assert texts(store)[0].startswith(f"Hello, about order {record(1).order_id}:")
        await until(pilot, lambda: "menunggu dikirim" in said(app))
        # The same words once more while they are on their way: refused, and they stay at hand.
        await key(app, pilot, "1", "s", "y")
        await until(pilot, lambda: "pesan yang sama" in toasts(app)[-1])
        assert len(texts(store)) == 1 and "Tracking number" in said(app)
        answer(store, {}, clock(), state="refused", code=45101006)
        app.screen.store_changed()  # type: ignore[attr-defined]
        await until(pilot, lambda: "ditolak: Pesan berisi kata yang dilarang" in said(app))
        await key(app, pilot, "1", "s", "x", "y")
        assert "persis seperti ini" not in said(app) and len(texts(store)) == 1
    assert [row.state for row in queued(store)] == ["refused"]


async def test_templates_own_words_and_the_other_orders_of_a_buyer(store: Store, clock: FrozenClock) -> None:
    own = ChatSettings(templates={"ongkir": "Halo {buyer}, ongkir {order}", "kosong": "Catatan: {note}"})
    put(
        store, [record(1, packages=(PARCEL,), **SHIPPED), record(2, buyer_id=BUYER_ID, created_at=NOW - HOUR)]
    )
    talked(store, said_by("BUYER", "", 1, kind="ORDER_CARD", order_id=record(1).order_id))
    async with listed(store, clock, chat=own) as (app, pilot):
        await key(app, pilot, "enter")
        await until(pilot, lambda: isinstance(app.screen, MessageScreen))
        await key(app, pilot)
        # The order whose card the buyer sent, not the newest.
        assert f"pesanan {record(1).order_id} (2 dari 2)" in said(app)
        assert f"[kartu pesanan {record(1).order_id}]" in said(app)
        await key(app, pilot, "t")
        assert f"Halo, ongkir {record(1).order_id}" in said(app)  # a masked name greets nobody
        await key(app, pilot, "t")
        # The second of the seller's own cannot be filled: it says so, and the next one comes.
        assert "tidak punya note" in toasts(app)[-1] and "templat halo" in said(app)
        await key(app, pilot, "o")
        assert f"pesanan {record(2).order_id} (1 dari 2)" in said(app) and "templat halo" not in said(app)
        await key(app, pilot, "2")
        assert "belum tercatat terkirim" in toasts(app)[-1]
        # Several lines: what is pasted keeps its own, Ctrl+J begins one, Enter takes the text; too long stays.
        await key(app, pilot, "i")
        await until(pilot, lambda: isinstance(app.screen, Lines))
        box = app.screen.query_one(Box)
        assert "0 dari 2.000 tanda" in said(app)
        app.post_message(Paste("baik\rkak\u202e " + "x" * 2_000))
        await until(pilot, lambda: "2.009 dari 2.000 tanda" in said(app))
        await key(app, pilot, "enter")
        assert "Kelebihan 9 tanda" in said(app) and isinstance(app.screen, Lines)
        box.text = "baik\nkak"
        box.move_cursor(box.document.end)
        await key(app, pilot, "ctrl+j", *"siap", "enter")
        await until(pilot, lambda: isinstance(app.screen, MessageScreen))
        await key(app, pilot, "i", "!", "enter", "s")
        assert "Kirim ke B*** S*** persis seperti ini" in said(app)
        assert texts(store) == []
        await key(app, pilot, "y")
        await until(pilot, lambda: texts(store) == ["baik\nkak\nsiap!"])


async def test_a_buyer_without_a_conversation_or_who_nobody_knows(store: Store, clock: FrozenClock) -> None:
    put(store, [record(1, packages=(PARCEL,), **SHIPPED)])
    async with opened(store, clock) as (app, pilot):
        assert "Belum ada percakapan dengan pembeli ini" in said(app)
        await key(app, pilot, "3", "s")
        assert "Buka percakapan dengan B*** S*** dan kirim" in said(app)
        await key(app, pilot, "y")
        await until(pilot, lambda: "menunggu dikirim" in said(app))
        assert [row.kind for row in queued(store)] == ["message"]
    put(store, [record(1, packages=(PARCEL,), **(SHIPPED | {"buyer_id": None, "updated_at": NOW}))])
    async with opened(store, clock) as (app, pilot):
        await key(app, pilot, "1", "s")
        assert "pembeli pesanan ini tidak diketahui" in toasts(app)[-1]


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=str)
async def test_empty_long_closed_and_hostile(store: Store, clock: FrozenClock, size: tuple[int, int]) -> None:
    async with listed(store, clock, size=size) as (app, pilot):
        assert "Belum ada percakapan" in said(app)
        await key(app, pilot, "enter", "j", "G")
        assert isinstance(app.screen, ChatsScreen)
    put(store, [record(1, packages=(PARCEL,), **SHIPPED)])
    for number, text in enumerate(CORPUS, 10):
        talked(
            store, said_by("BUYER", text, number, kind=text[:40] if number % 5 == 0 else "TEXT"),
            number=number, buyer_id=text[:64], buyer=text[:200], platform=text[:20],
        )  # fmt: skip
    hostile = [said_by("BUYER", text, number) for number, text in enumerate(CORPUS, 100)]
    talked(store, *hostile, said_by("X" * 40, "", 400, kind="LIVE_CARD"), number=1, can_send=False)
    async with listed(store, clock, size=size) as (app, pilot):
        await key(app, pilot, "G", "g")
        assert all(sign not in "\n".join(picture(app)) for sign in ("\x1b", "\x07", "\u202e"))
    async with opened(store, clock, size=size) as (app, pilot):
        shown = said(app)
        assert "[LIVE_CARD: jenis pesan yang belum dikenal]" in shown
        assert "tidak mengizinkan pesan" in shown
        await key(app, pilot, "g", "1", "s")
        assert "tidak mengizinkan pesan" in toasts(app)[-1]
        assert all(sign not in "\n".join(picture(app)) for sign in ("\x1b", "\x07", "\u202e"))
    assert texts(store) == []
