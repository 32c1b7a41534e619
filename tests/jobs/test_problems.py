"""Exceptions become codes the screen has words for."""

from __future__ import annotations

import logging

import pytest

from jobs.config.secrets import Broken
from jobs.problems import NoSecret, problem_of
from shop.errors import Ambiguous, ClockSkew, LoginNeeded, NotSent, RateLimited, ShopError
from store.errors import DiskFull, LockedStore


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotSent("ConnectError"), "no_network"),
        (Ambiguous("deadline"), "no_answer"),
        (RateLimited("http 429"), "rate_limited"),
        (LoginNeeded("no shop"), "login"),
        (ClockSkew("9 minutes"), "clock"),
        (ShopError("odd", code=1), "platform"),
        (NoSecret("APP_SECRET"), "no_secret"),
        (Broken(), "login"),
        (DiskFull(), "disk_full"),
        (LockedStore(), "locked"),
        (TimeoutError(), "too_slow"),
        (ExceptionGroup("two", [NotSent("x"), DiskFull()]), "no_network"),
    ],
)
def test_known_failures_have_a_code(error: Exception, code: str) -> None:
    assert problem_of(error).code == code


def test_only_the_seller_can_mend_a_login() -> None:
    assert problem_of(LoginNeeded("x")).needs_login and problem_of(NoSecret("x")).needs_login
    assert not problem_of(NotSent("x")).needs_login


def test_an_unexpected_failure_is_logged_and_its_text_kept_out(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        problem = problem_of(KeyError("buyer's secret"))
    assert (problem.code, problem.detail) == ("bug", "KeyError")
    assert caplog.records[0].exc_info is not None
