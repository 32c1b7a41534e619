"""RajaOngkir by Komerce, an Indonesian aggregator: one POST per parcel, any number, nine couriers.

Documented ("Tracking AWB"): the key in a header, `meta.code` repeats the HTTP status, the rows stand in
`manifest` with date and time apart and without a zone, in no promised order. The page shows the question as a
query and as a form; both are sent. The older RajaOngkir (`pro.rajaongkir.com`) wraps the same data in
`rajaongkir.status` and `rajaongkir.result`, and is read as well.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from couriers.ask import Ask, form
from couriers.base import Outcome, Parcel, RawReply, TrackingResult
from couriers.names import canonical
from couriers.replies import failed, last_digits, opened, refusal, retry_after, rows, text
from couriers.source import OneQuestion
from couriers.status import FUTURE, Row, journey
from couriers.times import Instant
from couriers.times import parse as parse_time

NAME: Final = "komerce"
BASE: Final = "https://rajaongkir.komerce.id"
PATH: Final = "/api/v1/track/waybill"

COURIERS: Final = frozenset({"jne", "sap", "ninja", "jnt", "tiki", "wahana", "pos", "lion", "anteraja"})
"""Whose numbers it follows, by our code and theirs; its price list is longer."""
WANT_PHONE: Final = frozenset({"jne", "jnt"})
PHONE_DIGITS: Final = 5

_DATA: Final = ("manifest", "delivery_status", "summary", "details")
"""At least one of these is in the data of a success."""


class Question(msgspec.Struct, frozen=True):
    """One question, without the key."""

    courier: str
    awb: str
    phone: str | None = None
    """The last five digits of the recipient's phone, only for couriers that want them."""

    def fields(self) -> dict[str, str]:
        """As the provider names them."""
        told = {"awb": self.awb, "courier": self.courier}
        return told if self.phone is None else {**told, "last_phone_number": self.phone}


def request(parcel: Parcel) -> Question | None:
    """What to ask for a parcel; None when Komerce does not follow its courier."""
    courier = canonical(parcel.courier)
    if courier not in COURIERS:
        return None
    phone = last_digits(parcel.phone, PHONE_DIGITS) if courier in WANT_PHONE else None
    return Question(courier, parcel.tracking_number, phone)


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply of either generation, whatever it is."""
    wait = retry_after(reply.headers, now)
    body = opened(reply)
    if isinstance(body, Outcome):
        return failed(parcel, NAME, body, wait=wait)
    status, message, data = _envelope(reply.status, body)
    if status != 200:
        return failed(parcel, NAME, refusal(status, message), message, wait)
    told = _rows(data, now)
    if told is None:
        return failed(parcel, NAME, Outcome.BAD_REPLY, message)
    return journey(told, parcel=parcel, source=NAME, now=now, newest_first=True)


def _envelope(http: int, body: dict[str, Any]) -> tuple[int, str, object]:
    """Status, words and data: `meta` and `data` today, `rajaongkir` with `status` and `result` before."""
    old = body.get("rajaongkir")
    if isinstance(old, dict):
        told, data, words = old.get("status"), old.get("result"), "description"
    else:
        told, data, words = body.get("meta"), body.get("data"), "message"
    if not isinstance(told, dict):
        return http, "", data
    code, message = text(told.get("code")), text(told.get(words))
    if http != 200:
        return http, message, data
    if text(told.get("status")).lower() in ("error", "failed"):
        http = 400  # a code of its own says more
    # A refusal may come with HTTP 200 and the truth inside.
    return int(code) if code.isdecimal() and len(code) == 3 and code != "200" else http, message, data


def _rows(data: object, now: int) -> list[Row] | None:
    """The usable rows; None when the data is not what a success holds."""
    if not isinstance(data, dict) or not any(key in data for key in _DATA):
        return None
    manifest = data.get("manifest")
    return rows(manifest, lambda entry: _row(entry, now)) if manifest else _proof(data, now)


def _row(entry: dict[str, Any], now: int) -> Row | None:
    if not (words := text(entry.get("manifest_description"))):
        return None
    when = _time(entry.get("manifest_date"), entry.get("manifest_time"), now)
    return Row(
        when.at,
        words,
        text(entry.get("city_name")) or None,
        text(entry.get("manifest_code")) or None,
        when.zone_assumed,
    )


def _proof(data: dict[str, Any], now: int) -> list[Row]:
    """Without a manifest the signed proof of delivery is the one event there is: word, flag and time agree."""
    proof = data.get("delivery_status")
    if data.get("delivered") is not True or not isinstance(proof, dict):
        return []
    words = text(proof.get("status"))
    when = _time(proof.get("pod_date"), proof.get("pod_time"), now)
    if not words or when.at is None or when.at - now >= FUTURE:
        return []
    return [Row(when.at, words, zone_assumed=when.zone_assumed)]


def _time(date: object, clock: object, now: int) -> Instant:
    """A date and a time of day from two fields; the date alone when the other is missing or no time."""
    day = text(date).split("T")[0]
    exact = parse_time(f"{day} {text(clock)}", now)
    return exact if exact.at is not None else parse_time(day, now)


class Komerce(OneQuestion):
    """The provider."""

    name = NAME
    base = BASE
    credentials = ("api_key",)
    couriers = COURIERS

    def ask(self, parcel: Parcel) -> Ask | None:
        """The fields as a query and as a form, the key in a header."""
        question = request(parcel)
        if question is None:
            return None
        asked = form(self._base + PATH, question.fields())
        headers = {**asked.headers, "key": self._credentials["api_key"]}
        return msgspec.structs.replace(asked, params=question.fields(), headers=headers)

    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """See parse."""
        return parse(reply, parcel, now)
