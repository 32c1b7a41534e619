"""What an answer to a write proves. Pure: status and body in, a verdict out.

The one asymmetry of this file: calling an executed write "not executed" ships a parcel twice, calling it
"unknown" costs a read. So everything that is not listed as proof is unknown.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from shop.codes import Kind, fact
from shop.wire.envelope import Envelope, Unreadable, open_envelope
from shop.wire.loose import BROKEN, decoder

log = logging.getLogger(__name__)

UMBRELLA: Final = 36009004
"""One number for every bad request: no sign, bad key, old timestamp, wrong parameter. Only its text tells."""
RATE_LIMITED: Final = 36009002

_CLOCK_WORDS: Final = ("timestamp",)
_GATE_WORDS: Final = ("sign", "app_key", "app key", "token", "cipher", "identifier", "param", "missing")
_PER_PACKAGE: Final = frozenset({Kind.REFUSED, Kind.ALREADY, Kind.LOOK})


class Answer(Protocol):
    """The parts of an HTTP answer a verdict needs (shop.reply.Reply has them)."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def retry_after(self) -> float | None: ...


class Verdict(msgspec.Struct, frozen=True):
    """What is proven, and the platform's own words for it (foreign text: clean it before showing it)."""

    kind: Kind
    code: int | None = None
    message: str | None = None
    request_id: str | None = None
    retry_after: float | None = None
    """Seconds the platform asks us to wait."""


def classify(answer: Answer | BaseException) -> Verdict:
    """The verdict on a whole answer, or on the exception that came instead of one.

    A ShopError knows what it proves (`proves`); any other exception (a cancellation, a bug) proves nothing.
    """
    if isinstance(answer, BaseException):
        proves = getattr(answer, "proves", Kind.UNKNOWN)
        code = getattr(answer, "code", None)
        return Verdict(
            proves if isinstance(proves, Kind) else Kind.UNKNOWN,
            code=code if isinstance(code, int) else None,
            message=str(answer) or type(answer).__name__,
            request_id=getattr(answer, "request_id", None),
            retry_after=getattr(answer, "retry_after", None),
        )
    try:
        envelope = open_envelope(answer.body)
    except Unreadable as error:
        kind = Kind.NOT_SENT if answer.status == 429 else Kind.UNKNOWN
        return Verdict(kind, message=str(error), retry_after=answer.retry_after)
    return verdict_of(envelope, answer.status, answer.retry_after)


def verdict_of(envelope: Envelope, status: int, retry_after: float | None = None) -> Verdict:
    """The verdict on an envelope and its HTTP status."""
    return Verdict(
        _kind(envelope, status),
        code=envelope.code,
        message=envelope.message or None,
        request_id=envelope.request_id,
        retry_after=retry_after,
    )


def _kind(envelope: Envelope, status: int) -> Kind:
    if status == 429 or envelope.code == RATE_LIMITED:
        return Kind.NOT_SENT
    if status == 408 or status >= 500:
        return Kind.UNKNOWN
    if envelope.code == 0:
        # A yes that contradicts its own status line is worth a read, not a belief.
        return Kind.DONE if 200 <= status < 300 else Kind.UNKNOWN
    return _proves(envelope.code, envelope.message)


def _proves(code: int, message: str) -> Kind:
    if code == UMBRELLA:
        words = message.lower()
        if any(word in words for word in _CLOCK_WORDS):
            return Kind.CLOCK
        return Kind.AUTH if any(word in words for word in _GATE_WORDS) else Kind.UNKNOWN
    known = fact(code)
    if known is None:
        log.warning("code %d is not in the table (shop/codes.py): treated as unknown", code)
        return Kind.UNKNOWN
    return known.proves


class _Detail(msgspec.Struct):
    package_id: str | None = None


class _Error(msgspec.Struct):
    code: int | None = None
    message: str | None = None
    detail: _Detail | None = None


class _Errors(msgspec.Struct):
    errors: list[_Error] | None = None


_decode_errors = decoder(_Errors)


def classify_packages(answer: Answer, package_ids: Sequence[str]) -> dict[str, Verdict]:
    """The verdict for each package of a ship call.

    Under code 0 a batch reports its failures one by one, and a package that is not listed succeeded. That
    conclusion needs a list that can be read to its end: one entry we cannot attribute makes every package
    that is not listed unknown.
    """
    whole = classify(answer)
    if whole.kind is not Kind.DONE:
        return dict.fromkeys(package_ids, whole)
    doubtful = msgspec.structs.replace(
        whole, kind=Kind.UNKNOWN, message="the errors cannot be read to the end"
    )
    data = open_envelope(answer.body).data
    try:
        errors = () if data == b"null" else _decode_errors(data).errors or ()
    except BROKEN:
        return dict.fromkeys(package_ids, doubtful)
    unlisted = whole
    listed: dict[str, Verdict] = {}
    for error in errors:
        package_id = error.detail.package_id if error.detail else None
        if package_id is None or package_id not in package_ids:
            unlisted = doubtful
        else:
            listed.setdefault(package_id, _package_verdict(error, whole))
    return {package_id: listed.get(package_id, unlisted) for package_id in package_ids}


def _package_verdict(error: _Error, whole: Verdict) -> Verdict:
    kind = _proves(error.code, error.message or "") if error.code else Kind.UNKNOWN
    if kind not in _PER_PACKAGE:
        # The gateway let the batch through, so "not executed" is not for a single package to say.
        kind = Kind.UNKNOWN
    return Verdict(kind, code=error.code, message=error.message or None, request_id=whole.request_id)
