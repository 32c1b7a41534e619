"""The client's calls about packages: what goes on the wire, what comes off it, what an answer proves."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from shop import parcel_writes as writes
from shop.codes import CODES
from shop.errors import BadReply, Kind, Refused
from shop.facts import Combinable, DeliveryOption, OrderLine, ProviderFact, SplitFacts, Warehouse
from shop.reply import Reply
from shop.requests import Draft
from tests.shop.client_kit import Make, coded, ok, query
from tests.shop.raw_server import RawServer


def body(draft: Draft) -> Any:
    return json.loads(draft.body or b"null")


def reply(data: object, code: int = 0, status: int = 200) -> Reply:
    return Reply(
        status, {}, json.dumps({"code": code, "message": "m", "request_id": "R", "data": data}).encode()
    )


def test_a_split_names_its_groups() -> None:
    draft = writes.split("58", [("a", ["1", "2"]), ("b", ["3"])])
    assert (draft.method, draft.path) == ("POST", "/fulfillment/202309/orders/58/split")
    assert body(draft) == {
        "splittable_groups": [
            {"id": "a", "order_line_item_ids": ["1", "2"]},
            {"id": "b", "order_line_item_ids": ["3"]},
        ]
    }


def test_a_combination_names_the_platforms_set() -> None:
    draft = writes.combine([("7", ["1", "2"])])
    assert draft.path == "/fulfillment/202309/packages/combine"
    assert body(draft) == {"combinable_packages": [{"id": "7", "order_ids": ["1", "2"]}]}


def test_taking_apart_and_correcting_name_the_package() -> None:
    apart = writes.uncombine("115", ["1"])
    assert (apart.path, body(apart)) == ("/fulfillment/202309/packages/115/uncombine", {"order_ids": ["1"]})
    number = writes.correct_number("115", "JX1", "661")
    assert number.path == "/fulfillment/202309/packages/115/shipping_info/update"
    assert body(number) == {"tracking_number": "JX1", "shipping_provider_id": "661"}


WRONG: list[Callable[[], Draft]] = [
    lambda: writes.split("58", [("a", ["1"])]),
    lambda: writes.split("58", [("a", ["1"]), ("b", [])]),
    lambda: writes.split("58", [("a", ["1"]), ("a", ["2"])]),
    lambda: writes.split("58", [("a", ["1"]), ("b", ["1"])]),
    lambda: writes.split("../58", [("a", ["1"]), ("b", ["2"])]),
    lambda: writes.combine([]),
    lambda: writes.combine([("7", ["1"])]),
    lambda: writes.combine([("7", [str(number) for number in range(21)])]),
    lambda: writes.combine([("7", ["1", "2"]), ("8", ["2", "3"])]),
    lambda: writes.uncombine("115", []),
    lambda: writes.uncombine("115", ["1", "1"]),
    lambda: writes.uncombine("115/x", ["1"]),
    lambda: writes.correct_number("115", "", "661"),
    lambda: writes.correct_number("115", "JX1", ""),
]


@pytest.mark.parametrize("make", WRONG)
def test_what_the_platform_would_refuse_is_no_draft(make: Callable[[], Draft]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_a_combined_parcel_holds_twenty() -> None:
    draft = writes.combine([("7", [str(number) for number in range(20)])])
    assert len(body(draft)["combinable_packages"][0]["order_ids"]) == 20


@pytest.mark.parametrize(
    ("answer", "made"),
    [
        (reply({"packages": [{"splittable_group_id": "a", "id": "1"}]}), {"a": "1"}),
        (reply({"packages": [{"splittable_group_id": 1, "id": 2}]}), {"1": "2"}),
        (reply({"packages": [{"id": "1"}, {"splittable_group_id": "b"}]}), {}),
        (reply({}), {}),
        (reply(None), {}),
        (reply({"packages": "x"}), {}),
        (reply({"packages": [{"splittable_group_id": "a", "id": "1"}]}, status=500), {}),
        (reply(None, code=21011035), {}),
        (Reply(200, {}, b"<html>"), {}),
    ],
)
def test_a_split_tells_its_packages_as_far_as_it_can(answer: Reply, made: dict[str, str]) -> None:
    assert writes.parse_split(answer) == made


def error(code: int, package_id: str | None) -> dict[str, Any]:
    return {"code": code, "message": "m", "detail": {"package_id": package_id} if package_id else {}}


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        (reply({"packages": []}), [Kind.DONE, Kind.DONE]),
        (reply({"errors": [error(21011031, "1")]}), [Kind.REFUSED, Kind.DONE]),
        (reply({"errors": [error(21011028, "2")]}), [Kind.DONE, Kind.REFUSED]),
        (reply({"errors": [error(21011031, None)]}), [Kind.UNKNOWN, Kind.UNKNOWN]),
        (reply({"errors": [error(21011031, "9"), error(21011031, "1")]}), [Kind.REFUSED, Kind.UNKNOWN]),
        (reply({"errors": "x"}), [Kind.UNKNOWN, Kind.UNKNOWN]),
        (reply(None, code=36009002, status=429), [Kind.NOT_SENT, Kind.NOT_SENT]),
        (reply(None, status=502), [Kind.UNKNOWN, Kind.UNKNOWN]),
    ],
)
def test_each_set_of_a_combination_has_its_verdict(answer: Reply, kinds: list[Kind]) -> None:
    verdicts = writes.parse_combine(answer, ["1", "2"])
    assert [verdicts["1"].kind, verdicts["2"].kind] == kinds


@pytest.mark.parametrize(
    "code",
    [
        *(21011005, 21011028, 21011029, 21011031, 21011035, 11006013, 11006014, 21034012, 21008117, 21008116),
        *(21011004, 21011007, 21011030, 21011041, 21011043, 21011050, 21011051, 21011052),
    ],
)
def test_a_refused_repacking_or_number_proves_that_nothing_happened(code: int) -> None:
    assert CODES[code].proves is Kind.REFUSED


async def test_split_attributes_ask_with_a_comma_list(platform: RawServer, make: Make) -> None:
    rows = [
        {"order_id": "1", "can_split": True, "must_split": True, "reason": ""},
        {"order_id": 2, "can_split": False, "reason": "single"},
        {"can_split": True},
    ]
    platform.answers(ok({"split_attributes": rows}))
    found = await make().split_attributes(["1", "2", "3"])
    assert found == [SplitFacts("1", True, None, True), SplitFacts("2", False, "single", False)]
    assert query(platform)["order_ids"] == "1,2,3"
    for ids in ([], ["1"] * 51, ["1,2"]):
        with pytest.raises(ValueError, match=r"\w"):
            await make().split_attributes(ids)


async def test_combinable_sets_come_in_pages(platform: RawServer, make: Make) -> None:
    rows = [{"id": "7", "order_ids": ["1", "2"]}, {"id": "8"}, {"order_ids": ["3"]}]
    data = {"combinable_packages": rows, "next_page_token": "a+/=", "total_count": 3}
    platform.answers(ok(data), ok({"total_count": 0}))
    first = await make().combinable(page_size=2)
    assert first.groups == [Combinable("7", ("1", "2")), Combinable("8", ())]
    assert (len(first.rejected), first.next_token, first.total) == (1, "a+/=", 3)
    last = await make().combinable(page_token=first.next_token)
    assert (last.groups, last.next_token, last.named) == ([], None, True)
    assert (query(platform)["page_token"], query(platform)["page_size"]) == ("a+/=", "50")


async def test_lines_tell_where_they_lie(platform: RawServer, make: Make) -> None:
    lines = [{"id": "1", "sku_id": "s", "package_id": "p"}, {"id": "2", "sku_id": "s"}]
    order = {"id": "58", "line_items": lines}
    platform.answers(ok({"orders": [order, order | {"id": "59"}]}), ok({}), ok({"orders": [order]}))
    assert await make().order_lines("58") == [OrderLine("1", "s", "p"), OrderLine("2", "s", None)]
    assert await make().order_lines("58") == []
    platform.answers(ok({"orders": [{"id": "58", "line_items": [{"sku_id": "s"}]}]}))
    assert await make().order_lines("58") == [], (
        "an order that cannot be named unit by unit is not told at all"
    )


async def test_a_package_tells_its_lines_and_how_it_came_to_be(platform: RawServer, make: Make) -> None:
    data = {
        "package_id": "1",
        "package_status": "TO_FULFILL",
        "order_line_item_ids": ["5", "6"],
        "split_and_combine_tag": "COMBINE",
        "orders": [{"id": "58"}, {"id": "59"}],
    }
    platform.answers(ok(data), ok({"package_id": "1"}))
    facts = await make().package_detail("1")
    assert (facts.line_ids, facts.split_combine, facts.order_ids) == (("5", "6"), "COMBINE", ("58", "59"))
    bare = await make().package_detail("1")
    assert (bare.line_ids, bare.split_combine) == ((), None)


async def test_warehouses_options_and_couriers(platform: RawServer, make: Make) -> None:
    platform.answers(
        ok(
            {
                "warehouses": [
                    {"id": "7", "name": "Gudang", "type": "SALES_WAREHOUSE", "is_default": True},
                    {"id": "8", "effect_status": "DISABLED"},
                    {"name": "?"},
                ]
            }
        ),
        ok(
            {
                "delivery_options": [
                    {"id": "9", "name": "Toko", "type": "SEND_BY_SELLER", "platform": ["TOKOPEDIA"]}
                ]
            }
        ),
        ok({"shipping_providers": [{"id": "1", "name": "J&T Express"}, {"id": "2", "name": "Bang Udin"}]}),
        ok({}),
    )
    client = make()
    assert await client.warehouses() == [
        Warehouse("7", "Gudang", "SALES_WAREHOUSE", True, True),
        Warehouse("8", "", None, False, False),
    ]
    (option,) = await client.delivery_options("7")
    assert option == DeliveryOption("9", "Toko", "SEND_BY_SELLER", ("TOKOPEDIA",)) and option.by_seller
    assert await client.shipping_providers("9") == [
        ProviderFact("1", "J&T Express", "jnt"),
        ProviderFact("2", "Bang Udin", None),
    ]
    assert await client.shipping_providers("9") == []
    with pytest.raises(ValueError, match="id"):
        await client.delivery_options("../x")


async def test_a_list_that_is_none_is_a_bad_reply(platform: RawServer, make: Make) -> None:
    platform.answers(ok({"shipping_providers": "x"}), ok([]))
    for _ in range(2):
        with pytest.raises(BadReply):
            await make().shipping_providers("9")
    platform.answers(coded(21008117, "no"))
    with pytest.raises(Refused) as refused:
        await make().shipping_providers("9")
    assert refused.value.code == 21008117
