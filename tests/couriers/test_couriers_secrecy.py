"""Credentials stay out of a message, whatever has been done to it before."""

from __future__ import annotations

import pytest

from couriers.base import Outcome, Parcel
from couriers.replies import LONGEST_MESSAGE, failed
from couriers.secrecy import hide

KEY = "9f8e71234567abcdefa0b1c2d3e4f598765fedcba"


@pytest.mark.parametrize("before", ["", "x" * 50, "x" * (LONGEST_MESSAGE - 10), "x " * 95])
def test_a_repeated_key_is_hidden_also_folded_or_cut(before: str) -> None:
    message = hide(
        failed(Parcel("N1"), "one", Outcome.UNAUTHORIZED, f"{before}bad key {KEY}"), (KEY,)
    ).message
    assert message is not None
    for length in range(4, len(KEY) + 1):
        assert KEY[:length] not in message
    assert "abcdef" not in message and "fedcba" not in message
