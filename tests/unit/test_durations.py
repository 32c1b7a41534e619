"""Spans and times of day as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.config.durations import format_duration, parse_duration, parse_time


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("500ms", 500),
        ("30s", 30_000),
        ("5m", 300_000),
        ("2h", 7_200_000),
        ("1d", 86_400_000),
        ("1h30m", 5_400_000),
        ("1.5h", 5_400_000),
        (" 10S ", 10_000),
        ("0s", 0),
    ],
)
def test_spans_are_read_in_milliseconds(text: str, ms: int) -> None:
    assert parse_duration(text) == ms


@pytest.mark.parametrize("text", ["", "30", "s", "-5s", "5 m", "5x", "1h-5m", "٣٠s", "1e3s", "9999d", "inf"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_duration(text)


@given(st.integers(min_value=0, max_value=10**11))
def test_a_span_survives_being_written(ms: int) -> None:
    assert parse_duration(format_duration(ms)) == ms


def test_the_shortest_exact_unit_is_written() -> None:
    assert [format_duration(ms) for ms in (0, 90_000, 300_000, 1_500)] == ["0s", "90s", "5m", "1500ms"]


@pytest.mark.parametrize(("text", "time"), [("02:30", (2, 30)), ("8:05", (8, 5)), ("23:59", (23, 59))])
def test_times_of_day(text: str, time: tuple[int, int]) -> None:
    assert parse_time(text) == time


@pytest.mark.parametrize("text", ["24:00", "12:60", "1200", "12:5", "noon", "", "٠٢:٣٠"])
def test_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError):
        parse_time(text)
