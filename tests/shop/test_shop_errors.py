"""What an answer proves, line by line; and that every error has words for a person and no secrets."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest

from shop import errors
from shop.codes import CODES
from shop.errors import Kind, ShopError, classify, classify_packages, error_for, fact
from shop.reply import Reply
from shop.wire.envelope import open_envelope


def reply(body: object, status: int = 200, **headers: str) -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, headers, raw)


def coded(code: object, message: str = "", status: int = 200) -> Reply:
    return reply({"code": code, "message": message, "request_id": "R1", "data": {}}, status)


GATEWAY = (105002, 106001, 106013, 101000, 105005, 36009033, 36009009, 36009010, 36009014, 36009022)
REFUSED = (
    *(21008044, 21011007, 21011041, 21004006, 21011008, 21011022, 21011025, 21011028),
    *(11006013, 11006014, 11006000, 11006099, 11021009, 11021025, 11021000, 11028006, 21014009),
)
MAYBE = (
    *(11001001, 21001002, 21001003, 21001005, 21001010, 21001011, 21001201, 21011500),
    *(36009003, 36009007, 99999999),
)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        # not sent / may have been sent: exceptions of the seam
        (errors.NotSent("ConnectError"), Kind.NOT_SENT),
        (errors.Ambiguous("ReadTimeout"), Kind.UNKNOWN),
        (asyncio.CancelledError(), Kind.UNKNOWN),
        (TimeoutError(), Kind.UNKNOWN),
        (RuntimeError("a bug"), Kind.UNKNOWN),
        # not JSON, no code
        (reply(b""), Kind.UNKNOWN),
        (reply(b"<html>"), Kind.UNKNOWN),
        (reply({}), Kind.UNKNOWN),
        (reply({"code": None}), Kind.UNKNOWN),
        (reply(b'{"code":0'), Kind.UNKNOWN),
        (reply(b'{"code":0,"data":NaN}'), Kind.UNKNOWN),
        (reply(b"[" * 100_000), Kind.UNKNOWN),
        # the gateway asks for a pause
        (coded(36009002), Kind.NOT_SENT),
        (coded(36009002, status=429), Kind.NOT_SENT),
        (coded(36009003, status=429), Kind.NOT_SENT),
        (reply(b"slow down", 429), Kind.NOT_SENT),
        # the umbrella, by its message
        (coded(36009004, "Invalid timestamp: expired"), Kind.CLOCK),
        (coded(36009004, "The Timestamp is out of range"), Kind.CLOCK),
        (coded(36009004, "Invalid sign"), Kind.AUTH),
        (coded(36009004, "app_key is invalid"), Kind.AUTH),
        (coded(36009004, "unexpected identifier shop_cipher"), Kind.AUTH),
        (coded(36009004, "missing parameter ids"), Kind.AUTH),
        (coded(36009004, "something else"), Kind.UNKNOWN),
        (coded(36009004), Kind.UNKNOWN),
        *((coded(code), Kind.AUTH) for code in GATEWAY),
        (coded(105002, status=401), Kind.AUTH),
        # yes
        (coded(0), Kind.DONE),
        (coded("0"), Kind.DONE),
        (reply({"code": 0}), Kind.DONE),
        (coded(0, status=302), Kind.UNKNOWN),
        (coded(0, status=400), Kind.UNKNOWN),
        # somebody did it
        (coded(21011040), Kind.ALREADY),
        (coded(21011027), Kind.ALREADY),
        (coded(11006021), Kind.ALREADY),
        # says nothing about us
        (coded(21011003), Kind.LOOK),
        (coded(21011001), Kind.LOOK),
        # no
        *((coded(code), Kind.REFUSED) for code in REFUSED),
        # may have been executed
        *((coded(code), Kind.UNKNOWN) for code in MAYBE),
        *((coded(0, status=status), Kind.UNKNOWN) for status in (408, 500, 502, 503, 504)),
        (coded(21011041, status=500), Kind.UNKNOWN),
        (coded(105002, status=502), Kind.UNKNOWN),
        (coded(12345), Kind.UNKNOWN),
        (coded(-1), Kind.UNKNOWN),
    ],
)
def test_what_an_answer_proves(answer: Reply | BaseException, kind: Kind) -> None:
    assert classify(answer).kind is kind


def test_an_unlisted_code_asks_for_the_table_to_grow(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        classify(coded(55555555))
    assert "55555555" in caplog.text
    caplog.clear()
    classify(coded(21001003))
    assert not caplog.records


def test_a_verdict_carries_what_the_platform_said() -> None:
    verdict = classify(coded(21011041, "Order cancelled."))
    assert (verdict.code, verdict.message, verdict.request_id) == (21011041, "Order cancelled.", "R1")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "99999999999"}, 86_400.0),
        ({"retry-after": "Sun, 22 Nov 2026 02:01:30 GMT", "date": "Sun, 22 Nov 2026 02:00:00 GMT"}, 90.0),
        ({"retry-after": "Sun, 22 Nov 2026 01:00:00 GMT", "date": "Sun, 22 Nov 2026 02:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "²"}, None),
        ({"retry-after": "Sun, 99 Foo 2026"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert classify(Reply(429, headers, b"")).retry_after == seconds


# -- batches ---------------------------------------------------------------------------------------------------


def batch(*failures: object, **data: object) -> Reply:
    return reply({"code": 0, "request_id": "R1", "data": {"errors": list(failures), **data}})


def failure(package: object, code: object, message: str = "no") -> dict[str, object]:
    return {"code": code, "message": message, "detail": {"package_id": package}}


IDS = ("11", "12", "13")


def kinds(answer: Reply) -> list[str]:
    return [str(verdict.kind) for verdict in classify_packages(answer, IDS).values()]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply({"code": 0}), ["done", "done", "done"]),
        (reply({"code": 0, "data": None}), ["done", "done", "done"]),
        (reply({"code": 0, "data": {}}), ["done", "done", "done"]),
        (batch(), ["done", "done", "done"]),
        (reply({"code": 0, "data": {"errors": None}}), ["done", "done", "done"]),
        (batch(failure("12", 21011041)), ["done", "refused", "done"]),
        (batch(failure("12", "21011040")), ["done", "already", "done"]),
        (batch(failure(12, 21011003)), ["done", "look", "done"]),
        (batch(failure("12", 21001003), failure("13", 21011007)), ["done", "unknown", "refused"]),
        (batch(failure("12", 99)), ["done", "unknown", "done"]),
        # a gateway's code inside a batch the gateway let through
        (batch(failure("12", 36009002)), ["done", "unknown", "done"]),
        (batch(failure("12", 105002)), ["done", "unknown", "done"]),
        (batch(failure("12", 36009004, "timestamp")), ["done", "unknown", "done"]),
        (batch(failure("12", 0)), ["done", "unknown", "done"]),
        (batch(failure("12", None)), ["done", "unknown", "done"]),
        # an error nobody can attribute: who is not listed may be meant
        (batch(failure("99", 21011041)), ["unknown", "unknown", "unknown"]),
        (batch(failure("11", 21011041), failure(None, 21011041)), ["refused", "unknown", "unknown"]),
        (batch({"code": 21011041}), ["unknown", "unknown", "unknown"]),
        (batch({}), ["unknown", "unknown", "unknown"]),
        (batch(None), ["unknown", "unknown", "unknown"]),
        (batch("x"), ["unknown", "unknown", "unknown"]),
        (reply({"code": 0, "data": {"errors": "x"}}), ["unknown", "unknown", "unknown"]),
        (reply({"code": 0, "data": {"errors": {"code": 1}}}), ["unknown", "unknown", "unknown"]),
        (reply({"code": 0, "data": []}), ["unknown", "unknown", "unknown"]),
        (reply({"code": 0, "data": "x"}), ["unknown", "unknown", "unknown"]),
        # the whole call
        (coded(36009002), ["not_sent", "not_sent", "not_sent"]),
        (coded(21001003), ["unknown", "unknown", "unknown"]),
        (coded(0, status=500), ["unknown", "unknown", "unknown"]),
        (reply(b""), ["unknown", "unknown", "unknown"]),
    ],
)
def test_each_package_of_a_batch(answer: Reply, expected: list[str]) -> None:
    assert kinds(answer) == expected


def test_a_packages_verdict_names_its_own_code() -> None:
    verdict = classify_packages(batch(failure("12", 21011041, "cancelled")), IDS)["12"]
    assert (verdict.code, verdict.message, verdict.request_id) == (21011041, "cancelled", "R1")


# -- errors of reads -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (coded(105002, status=401), errors.TokenExpired),
        (coded(105002), errors.TokenExpired),
        (coded(105005), errors.ScopeMissing),
        (coded(106001), errors.KeyWrong),
        (coded(106013), errors.LoginNeeded),
        (coded(101000), errors.LoginNeeded),
        (coded(36004004), errors.LoginNeeded),
        (coded(36009004, "timestamp expired"), errors.ClockSkew),
        (coded(36009004, "invalid sign"), errors.KeyWrong),
        (coded(36009004, "invalid access token"), errors.LoginNeeded),
        (coded(36009004, "missing parameter"), errors.Blocked),
        (coded(36009009), errors.Blocked),
        (coded(36009002, status=429), errors.RateLimited),
        (coded(36009002), errors.RateLimited),
        (coded(1, status=429), errors.RateLimited),
        (coded(36009003), errors.Unavailable),
        (coded(36009003, status=500), errors.Unavailable),
        (coded(1, status=503), errors.Unavailable),
        (coded(11034037), errors.NotReady),
        (coded(21011001), errors.Refused),
        (coded(21008111), errors.Refused),
        (coded(424242), ShopError),
    ],
)
def test_the_error_of_a_read(answer: Reply, kind: type[ShopError]) -> None:
    error = error_for(answer, open_envelope(answer.body))
    assert type(error) is kind
    assert error.request_id == "R1"


def test_for_a_read_only_the_code_says_that_it_went_well() -> None:
    answer = coded(0, status=400)
    assert error_for(answer, open_envelope(answer.body)) is None


def every_error() -> Iterator[type[ShopError]]:
    waiting = [ShopError]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting += kind.__subclasses__()


@pytest.mark.parametrize("kind", list(every_error()), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_error_has_words_for_a_person(kind: type[ShopError], language: str) -> None:
    error = kind("a reason", code=7)
    assert error.say(language).count(".") >= 3
    for part in (error.title, error.sentence, error.hint):
        assert part.id != part.en
        assert getattr(part, language).strip()
    assert error.sentence.id.endswith(".")
    assert error.hint.en.endswith(".")


def test_a_known_code_says_what_it_means() -> None:
    error = errors.Refused(code=21011044)
    assert "masa tunda" in error.say("id")
    assert "hour of hold" in error.say("en")
    assert "21011044" in error.say("id")


@pytest.mark.parametrize("code", list(CODES))
def test_every_code_is_worded_in_both_languages(code: int) -> None:
    known = fact(code)
    assert known is not None
    assert known.proves in Kind
    for text in (known.meaning, known.advice):
        assert text.id
        assert text.en
        assert text.id != text.en


def test_no_code_stands_twice_in_the_table() -> None:
    from shop.codes import _TABLE

    codes = [code for row in _TABLE for code in row[4:]]
    assert len(codes) == len(set(codes)) == len(CODES)


def test_an_exact_code_beats_its_family() -> None:
    assert fact(11006021) is CODES[11006021]
    assert fact(11006099) is not None
    assert fact(11006199) is None
