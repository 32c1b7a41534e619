"""Status words and tabs: every word has a tab, and only newer facts may step back."""

from __future__ import annotations

import pytest

from store.attention import TAB
from store.status import OPEN, SHIPPABLE, TAB_OF, OrderStatus, Tab, goes_backwards, parse_status


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("UNPAID", OrderStatus.UNPAID),
        (" awaiting_shipment ", OrderStatus.AWAITING_SHIPMENT),
        ("CANCEL", OrderStatus.CANCELLED),
        ("CANCELLED", OrderStatus.CANCELLED),
        ("TELEPORTING", OrderStatus.UNKNOWN),
        ("", OrderStatus.UNKNOWN),
        (None, OrderStatus.UNKNOWN),
    ],
)
def test_words_of_the_platform(raw: str | None, status: OrderStatus) -> None:
    assert parse_status(raw) is status


def test_every_status_has_a_tab() -> None:
    assert set(TAB_OF) == set(OrderStatus)
    assert {status: TAB[status.value] for status in OrderStatus} == TAB_OF
    assert Tab.RETURNS not in TAB_OF.values()


def test_tabs_and_their_names() -> None:
    names = [
        *("action", "unpaid", "to-ship", "collection", "transit"),
        *("delivered", "completed", "cancelled", "returns"),
    ]

    assert [tab.id for tab in Tab] == names
    assert [Tab.from_id(name) for name in names] == list(Tab)
    with pytest.raises(ValueError, match="nonsense"):
        Tab.from_id("nonsense")


def test_what_is_over_is_not_open() -> None:
    assert set(OrderStatus) - OPEN == {OrderStatus.COMPLETED, OrderStatus.CANCELLED}
    assert {status for status, tab in TAB_OF.items() if tab is Tab.TO_SHIP} == SHIPPABLE


@pytest.mark.parametrize(
    ("old", "new", "backwards"),
    [
        ("AWAITING_SHIPMENT", "IN_TRANSIT", False),
        ("IN_TRANSIT", "IN_TRANSIT", False),
        ("IN_TRANSIT", "AWAITING_COLLECTION", True),
        ("CANCELLED", "DELIVERED", True),
        ("UNKNOWN", "UNPAID", False),
        ("COMPLETED", "UNKNOWN", False),
    ],
)
def test_steps_back(old: str, new: str, backwards: bool) -> None:
    assert goes_backwards(OrderStatus(old), OrderStatus(new)) is backwards
