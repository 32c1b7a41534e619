"""Conversations on the wire: odd rows cost themselves and nothing else; the sandbox speaks as documented."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shop import mapping_chats as mapping
from shop.chat_writes import send_text
from shop.mapping import Unmappable
from shop.sandbox import chats as sandbox_chats
from shop.sandbox.chat_talk import HOSTILE
from store.chat_facts import LONGEST
from tests.shop.sandbox_kit import Client, connected, small_world

BASE = "/customer_service/202309/conversations"


def message(**told: Any) -> bytes:
    whole = {
        "id": "75", "type": "TEXT", "content": '{"content":"halo"}', "create_time": 1_795_000_000,
        "sender": {"role": "BUYER"},
    }  # fmt: skip
    return json.dumps(whole | told).encode()


@pytest.mark.parametrize(
    ("told", "text", "order_id"),
    [
        ({}, "halo", None),
        ({"content": "bukan JSON"}, "bukan JSON", None),
        ({"content": '{"content": "putus'}, "", None),
        ({"content": '{"content": 7}'}, "", None),
        ({"content": '["x"]'}, "", None),
        ({"content": None}, "", None),
        ({"content": '{"content":"a\\u0000b"}'}, "ab", None),
        ({"content": '{"content":"' + "x" * 20_000 + '"}'}, "x" * 8_000, None),
        ({"type": "ORDER_CARD", "content": '{"order_id":"58"}'}, "", "58"),
        ({"type": "ORDER_CARD", "content": '{"order_id":58}'}, "", "58"),
        ({"type": "ORDER_CARD", "content": '{"order_id":{"a":1}}'}, "", None),
        ({"type": "IMAGE", "content": '{"url":"https://x/y","width":1}'}, "https://x/y", None),
        ({"type": "LIVE_CARD", "content": '{"room_id":1}'}, "", None),
        ({"type": None, "content": "[" * 5_000}, "", None),
    ],
)
def test_whatever_a_content_holds_the_message_stays(told: Any, text: str, order_id: str | None) -> None:
    found = mapping.message(message(**told))
    assert (found.text, found.order_id) == (text, order_id)
    assert (found.at, found.role) == (1_795_000_000_000, "BUYER")
    assert found.kind == (told.get("type", "TEXT") or "OTHER")


@pytest.mark.parametrize(
    "told", [{"id": None}, {"create_time": 0}, {"sender": {}}, {"sender": None}], ids=str
)
def test_a_message_without_id_time_or_sender_is_rejected(told: Any) -> None:
    with pytest.raises(Unmappable):
        mapping.message(message(**told))


def test_a_conversation_stands_without_buyer_and_without_a_readable_last_message() -> None:
    people = [
        {"role": "SHOP"},
        {"role": "BUYER", "user_id": "749", "nickname": "B***", "buyer_platform": "TOKOPEDIA"},
    ]
    raw = {"id": "7494", "can_send_message": False, "unread_count": 3, "participants": people}
    last = json.loads(message())
    whole = mapping.conversation(json.dumps(raw | {"latest_message": last}).encode())
    assert (whole.buyer_id, whole.buyer, whole.platform) == ("749", "B***", "TOKOPEDIA")
    assert (whole.unread, whole.can_send) == (3, False) and whole.last == mapping.message(message())
    for odd in ({}, None, {"id": 1}, "x"):
        bare = mapping.conversation(json.dumps({"id": "7494", "latest_message": odd}).encode())
        assert bare.last is None and bare.buyer_id is None and bare.can_send
    with pytest.raises(Unmappable):
        mapping.conversation(b'{"id": ""}')


def test_only_texts_that_the_platform_takes_become_drafts() -> None:
    draft = send_text("7494", 'kata "kutip"\n')
    assert json.loads(json.loads(draft.body or b"")["content"]) == {"content": 'kata "kutip"\n'}
    for text in (" ", "x" * (LONGEST + 1)):
        with pytest.raises(ValueError, match="characters"):
            send_text("7494", text)
    with pytest.raises(Unmappable):
        send_text("../orders", "x")


# -- the sandbox ---------------------------------------------------------------------------------------------


def all_of(client: Client, path: str, key: str, size: int, **extra: str) -> list[Any]:
    found: list[Any] = []
    token = ""
    while True:
        page = client.get(path, {"page_size": str(size), **extra, **({"page_token": token} if token else {})})
        assert page["code"] == 0, page
        found += page["data"].get(key, [])
        if not (token := page["data"]["next_page_token"]):
            return found


def code_of(client: Client, path: str, **body: Any) -> int:
    return int(client.post(path, body)["code"])


def text(words: str) -> dict[str, str]:
    return {"type": "TEXT", "content": json.dumps({"content": words})}


def test_buyers_write_about_their_orders_page_by_page_and_as_time_passes() -> None:
    world = small_world(400)
    with connected(world) as client:
        talks = all_of(client, BASE, "conversations", 7)
        ids = [talk["id"] for talk in talks]
        assert len(set(ids)) == len(ids) > 14
        times = [talk["latest_message"]["create_time"] for talk in talks]
        assert times == sorted(times, reverse=True) and all(at <= world.now() for at in times)
        assert {one["role"] for talk in talks for one in talk["participants"]} == {"BUYER", "SHOP"}
        said = {one: all_of(client, f"{BASE}/{one}/messages", "messages", 3) for one in ids}
        for talk in talks:
            mine = said[talk["id"]]
            assert mine[0] == talk["latest_message"]
            assert [one["create_time"] for one in mine] == sorted(
                (one["create_time"] for one in mine), reverse=True
            )
        kinds = {one["type"] for mine in said.values() for one in mine}
        assert {"TEXT", "ORDER_CARD", "BUYER_ENTER_FROM_ORDER"} <= kinds
        world.advance(2 * 86_400)
        later = all_of(client, BASE, "conversations", 20)
        grown = sum(bool(one["unread_count"]) for one in later)
        assert later[0]["latest_message"]["create_time"] > times[0] and grown
        assert HOSTILE  # some of them are never harmless


def test_the_same_seed_says_the_same() -> None:
    def told() -> list[Any]:
        with connected(small_world(120)) as client:
            return all_of(client, BASE, "conversations", 20)

    assert told() == told()


def test_each_documented_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_chats, "CLOSED", 0.0)
    with connected(small_world(150)) as client:
        talk = all_of(client, BASE, "conversations", 20)[0]
        path = f"{BASE}/{talk['id']}/messages"
        assert code_of(client, path, **text("halo")) == 0
        assert code_of(client, path, **text("hubungi whatsapp saya")) == 45101006
        assert code_of(client, f"{BASE}/1/messages", **text("halo")) == 45101003
        assert code_of(client, BASE, buyer_user_id="1") == 45109003
        for wrong in (
            text(""),
            text("x" * 2_001),
            {"type": "TEXT", "content": "x"},
            {"type": "X", "content": "{}"},
        ):
            assert code_of(client, path, **wrong) == 36009004
        assert client.get(BASE, {"page_size": "21"})["code"] == 36009004
        assert client.get(path, {"page_size": "11"})["code"] == 36009004
        buyer = next(one["user_id"] for one in talk["participants"] if one["role"] == "BUYER")
        assert client.post(BASE, {"buyer_user_id": buyer})["data"] == {"conversation_id": talk["id"]}
        assert code_of(client, f"{path}/read") == 0
        faults = client.sandbox.platform.faults
        for mood, code in (("chat-closed", 45109001), ("chat-sensitive", 45101006), ("chat-quota", 45101004)):
            faults.set(mood)
            assert code_of(client, path, **text("halo")) == code
        faults.set("")
        assert [effect.kind for effect in client.sandbox.world.effects] == ["message"]
