"""The appeal file: what it tells of an order, what it keeps to itself, and two files that never cover others."""

from __future__ import annotations

import hashlib
import json
import re
import stat
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from pypdf import PdfReader
from sqlalchemy import insert

from couriers.base import TrackingStatus
from jobs.appeal.files import write
from jobs.appeal.gather import PRIVATE, Appeal, gather
from jobs.appeal.paper import draw, moment
from jobs.appeal.terms import TERMS, outcome, person, status
from jobs.appeal.words import WORDS
from jobs.files.publish import publish
from jobs.outbox.kinds import KINDS
from jobs.outbox.rules import State
from store import actions, changes, desk, orders, requests
from store.bulk import table_of
from store.db import Store
from store.models import Conversation, Manifest, ManifestParcel, Message, Packing, RuleRun, TrackingEvent
from store.records import RequestRecord
from store.status import OrderStatus
from store.times import HOUR, MINUTE, to_iso
from tests.store.store_kit import NOW, order, package
from tui.strings import CATALOGUES

WIB = ZoneInfo("Asia/Jakarta")
ID = "580000000000000001"
RESI = "JX1234567890"


def put(store: Store, model: Any, **row: Any) -> None:
    store.write(lambda conn: conn.execute(insert(table_of(model)).values(**row)))


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """One engine: the questions themselves are tested on both in tests/store."""
    return f"sqlite:///{tmp_path / 'pantau.db'}"


@pytest.fixture
def pk(store: Store) -> int:
    """An order with something in every part of the file."""
    told = order(
        ID,
        "AWAITING_COLLECTION",
        packages=(package(tracking_number=RESI, status="PROCESSING"),),
        buyer="Budi Santoso",
        buyer_id="buyer-7",
        phone="(+62)812*****34",
        address="Jalan Mawar 5",
        note="warna biru ya",
        deadline_source="platform",
    )

    def fill(conn: Any) -> int:
        shop = orders.shop_pk(conn, "toko-contoh")
        orders.ingest(conn, shop, [told], NOW, authoritative=True)
        actions.queue(
            conn, shop_id=shop, kind="ship", order_pk=1, order_id=ID, target="1150000000000000001",
            package_id="1150000000000000001", params={}, by="seller", now=NOW,
        )  # fmt: skip
        asked = RequestRecord(
            "r1", ID, "return", "RETURN_OR_REFUND_REQUEST_PENDING", NOW, NOW, reason_text="ukuran salah"
        )
        requests.upsert(conn, shop, [asked], NOW)
        desk.set_note(conn, 1, "pembeli cerewet", "seller", NOW)
        desk.add_tags(conn, [1], ["waspada"], "seller", NOW)
        return 1

    made = store.write(fill)
    put(
        store, TrackingEvent, order_pk=made, tracking_number=RESI, key="k", at=NOW + HOUR, status="picked_up",
        text="Diterima di gudang", location="Bandung", code="PU", source="jnt",
    )  # fmt: skip
    put(
        store, Packing, shop_id=1, package_id="1150000000000000001", order_pk=made, order_id=ID, items="[]",
        stops="[]", tracking_number=RESI, packer="Sari", begun_at=NOW, done_at=NOW + MINUTE, outcome="packed",
    )  # fmt: skip
    put(
        store, Manifest, id=3, number="ST-20261125-JNT-01", courier="jnt", opened_at=NOW, opened_by="Sari",
        closed_at=NOW + HOUR, closed_by="Sari", received_by="Pak Joko", digest="ab" * 32,
    )  # fmt: skip
    put(
        store, ManifestParcel, manifest_id=3, package_id="1150000000000000001", shop_id=1, order_pk=made,
        order_id=ID, tracking_number=RESI, scanned_at=NOW, scanned_by="Sari", state="on", checked_at=NOW,
    )  # fmt: skip
    put(store, Conversation, id=5, shop_id=1, conversation_id="c1", buyer_id="buyer-7", updated_at=NOW)
    for number, at in enumerate((NOW - 40 * HOUR, NOW, NOW + MINUTE)):
        put(
            store, Message, conversation_pk=5, message_id=str(number), at=at, role="BUYER", kind="TEXT",
            text=f"pesan {number}", content="{}",
        )  # fmt: skip
    put(
        store, RuleRun, at=NOW, rule="stok", shop_id=1, order_pk=made, order_id=ID, cause="x", verdict="did",
        why='[{"condition":"stock","told":"9","holds":true}]',
    )  # fmt: skip
    return made


def told(store: Store, pk: int) -> Appeal:
    with closing(store.reader()) as reader:
        appeal = gather(reader, pk, NOW + 2 * HOUR, WIB)
    assert appeal is not None
    return appeal


def test_it_tells_everything_an_appeal_rests_on(store: Store, pk: int) -> None:
    document = json.loads(told(store, pk).data)
    assert document == told(store, pk).document
    assert (document["format"], document["order"]["order_id"]) == ("pantau-appeal/1", ID)
    assert document["deadlines"]["source"] == "platform" and document["deadlines"]["scan_by"]
    assert [one["tracking_source"] for one in document["packages"]] == [None]
    [scan] = document["scans"]
    assert (scan["at"], scan["text"], scan["source"]) == (
        to_iso(NOW + HOUR, WIB),
        "Diterima di gudang",
        "jnt",
    )
    assert [(one["packer"], one["outcome"]) for one in document["packing"]] == [("Sari", "packed")]
    [handed] = document["handover"]
    assert (handed["manifest"], handed["received_by"]) == ("ST-20261125-JNT-01", "Pak Joko")
    assert handed["digest"] == "ab" * 32 and handed["qr"] == f"PANTAU ST-20261125-JNT-01 1 {'AB' * 32}"
    assert [one["text"] for one in document["messages"]] == ["pesan 1", "pesan 2"]
    assert [(one["kind"], one["requested_by"]) for one in document["actions"]] == [("ship", "seller")]
    assert document["rules"][0]["why"][0]["condition"] == "stock"
    assert document["history"][0]["kind"] == "order.new"
    assert [one["at"] for one in document["history"]] == sorted(one["at"] for one in document["history"])


def test_it_keeps_to_itself_what_is_nobodys_business(store: Store, pk: int) -> None:
    appeal = told(store, pk)
    text = appeal.data.decode()
    assert appeal.document["order"]["buyer"] == "B*** S***"
    for secret in ("Budi", "Santoso", "Mawar", "812", "cerewet", "waspada", "buyer-7"):
        assert secret not in text, secret
    assert not PRIVATE & {one["kind"] for one in appeal.document["history"]}


IN_PDF = {
    "deadlines": "platform",
    "items": "Kaos Polos",
    "packages": RESI,
    "scans": "Diterima di gudang",
    "packing": "Sari",
    "handover": "Pak Joko",
    "messages": "pesan 2",
    "requests": "ukuran salah",
    "actions": "antre|queued",
    "rules": "stok",
    "history": "pesanan masuk - Menunggu diambil|order came in - Awaiting collection",
}
"""By section: words that stand in it; in two languages where they are the paper's own."""


def read(appeal: Appeal, language: str, folder: Path) -> tuple[list[str], str]:
    """The pages of the paper, and all its words in a row."""
    (folder / "x.pdf").write_bytes(draw(appeal, language).data)
    pages = [page.extract_text() for page in PdfReader(folder / "x.pdf").pages]
    return pages, " ".join(" ".join(pages).split())


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_paper_says_what_the_json_says_and_which_json(
    store: Store, pk: int, tmp_path: Path, language: str
) -> None:
    appeal, words = told(store, pk), WORDS[language]
    assert appeal.document["empty"] == [] and words["none"] not in read(appeal, language, tmp_path)[1]
    assert draw(appeal, language) == draw(appeal, language)
    pages, whole = read(appeal, language, tmp_path)
    for number, page in enumerate(pages, 1):
        assert f"{number}/{len(pages)}" in page and appeal.sha256[:12] in page
    assert f"{ID} " in whole and "B*** S***" in whole and "warna biru ya" in whole
    assert appeal.sha256 in whole.replace(" ", "")
    machine = re.search(r"[+]07|AWAITING|PENDING|queued|seller|order[.]|BUYER|picked_up", whole)
    assert machine is None or language == "en", machine
    # Section by section: the words stand below their own heading, and the JSON's own part has them too.
    rest, last = whole, ID
    for name, contents in IN_PDF.items():
        content = contents.split("|")[-1 if language == "en" else 0]
        before, heading, rest = rest.partition(f" {words[name]} {words[f'columns.{name}'].split('|')[0]} ")
        assert heading, name
        assert last in before, f"the section before {name}"
        last = content
    assert last in rest


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_section_without_anything_is_named(store: Store, pk: int, tmp_path: Path, language: str) -> None:
    appeal, words = told(store, pk), WORDS[language]
    bare = appeal.document | {"messages": [], "scans": [], "empty": ["scans", "messages"]}
    whole = read(msgspec.structs.replace(appeal, document=bare), language, tmp_path)[1]
    assert words["empty"].format(names=f"{words['scans']}, {words['messages']}") in whole
    assert whole.count(f"({words['none']})") == 2


def test_a_long_hostile_order_is_many_pages_and_not_slow(store: Store, pk: int, tmp_path: Path) -> None:
    appeal = told(store, pk)
    hostile = "\x1b[2J\u202e<b>&amp;\x00" + "W" * 3_000
    scan = appeal.document["scans"][0] | {"text": hostile, "location": hostile}
    long = appeal.document | {"scans": [scan] * 700, "messages": []}
    made = draw(msgspec.structs.replace(appeal, document=long), "id")
    assert made.pages > 5
    (tmp_path / "x.pdf").write_bytes(made.data)
    text = PdfReader(tmp_path / "x.pdf").pages[1].extract_text()
    assert "\x1b" not in text and "\u202e" not in text


def test_an_order_with_nothing_known_is_a_file_too(store: Store, tmp_path: Path) -> None:
    store.write(
        lambda conn: orders.ingest(conn, orders.shop_pk(conn, "kosong"), [order(packages=(), items=())], NOW)
    )
    appeal = told(store, 1)
    sections = [
        "items",
        "packages",
        "scans",
        "packing",
        "handover",
        "messages",
        "requests",
        "actions",
        "rules",
    ]
    assert appeal.document["empty"] == sections
    made = write(appeal, tmp_path, "en")
    assert made.pages == 1
    with closing(store.reader()) as reader:
        assert gather(reader, 99, NOW, WIB) is None


def test_two_private_files_that_never_cover_others(store: Store, pk: int, tmp_path: Path) -> None:
    appeal, folder = told(store, pk), tmp_path / "baru" / "berkas"
    first, second = write(appeal, folder, "id"), write(appeal, folder, "id")
    assert sorted(path.name for path in folder.iterdir()) == [
        f"banding_{ID}-2.json",
        f"banding_{ID}-2.pdf",
        f"banding_{ID}.json",
        f"banding_{ID}.pdf",
    ]
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert hashlib.sha256(first.json.read_bytes()).hexdigest() == first.sha256 == second.sha256
    assert first.pdf.read_bytes().startswith(b"%PDF")


def test_a_name_from_outside_never_leads_out_of_the_folder(store: Store, pk: int, tmp_path: Path) -> None:
    appeal = msgspec.structs.replace(told(store, pk), order_id="../../x\x00/y")
    made = write(appeal, tmp_path / "a", "id")
    assert made.pdf.parent == made.json.parent == tmp_path / "a"
    assert re.fullmatch(r"banding_[0-9A-Za-z_-]+\.pdf", made.pdf.name)


def test_half_a_pair_is_taken_away(
    store: Store, pk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(part: Path, path: Path, *, replace: bool) -> None:
        if path.suffix == ".pdf":
            raise OSError(28, "No space left on device")
        publish(part, path, replace=replace)

    monkeypatch.setattr("jobs.appeal.files.publish", full)
    with pytest.raises(OSError, match="No space"):
        write(told(store, pk), tmp_path, "id")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith((".banding", "banding"))]


def test_both_languages_have_the_same_words() -> None:
    assert WORDS["id"].keys() == WORDS["en"].keys()
    for key, words in WORDS["id"].items():
        assert words.count("|") == WORDS["en"][key].count("|")
    assert moment(None, "id") == "-"
    assert moment("2026-11-25T15:04:33+07:00", "id") == "25 Nov 2026 15.04 WIB"


def test_every_code_an_order_can_have_has_words() -> None:
    """As the screen has them, and as the feed's own page lists its kinds."""
    said = set(TERMS)
    of_screen = {
        key for key in CATALOGUES["id"] if key.partition(".")[0] in FAMILIES and key != "state.skipped"
    }
    assert {
        key for key in of_screen if key.partition(".")[0] != "status" or key[7:].isupper()
    } - said == set()
    codes = {"status": OrderStatus, "state": State, "kind": KINDS, "track": TrackingStatus}
    assert {f"{family}.{code}" for family, known in codes.items() for code in known} - said == set()
    kinds: set[str] = set()
    for cell in re.findall(r"^\| (`.+?) \|", changes.__doc__ or "", re.M):
        family = ""
        for kind in re.findall(r"`([a-z_]*[.][a-z_<>]+)`", cell):
            family = kind.partition(".")[0] or family
            kinds.add(f"event.{family}" if "<" in kind else f"event.{family}.{kind.partition('.')[2]}")
    own = {kind for kind in kinds if kind.split(".")[1] not in OF_NO_ORDER} - {
        f"event.{kind}" for kind in PRIVATE
    }
    assert len(own) > 30 and own - said == set()


def test_the_platforms_word_stands_only_where_it_differs() -> None:
    assert status({"status": "IN_TRANSIT", "raw_status": "IN_TRANSIT"}, "id") == "Dikirim"
    assert status({"status": "UNKNOWN", "raw_status": "FROZEN"}, "id") == "status baru (FROZEN)"
    assert outcome({"state": "refused", "code": 21001001, "reason": "no"}, "id").endswith("(21001001)")
    assert outcome({"state": "done", "code": 0, "reason": None}, "en") == "done"
    assert person("rule:stok", "id") == "aturan stok" and person("Sari", "id") == "Sari"


FAMILIES = ("status", "track", "state", "kind", "request", "request_kind", "packing_why", "cause")
"""Of the screen's words: those of an order."""
OF_NO_ORDER = ("stock", "file", "digest", "cutoff", "health", "job")
