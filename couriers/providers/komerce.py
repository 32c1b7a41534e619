"""RajaOngkir by Komerce, an Indonesian aggregator: one POST per parcel, any number, nine couriers.

Documented ("Tracking AWB"): the key in a header, `meta.code` repeats the HTTP status, the rows stand in
`manifest` with date and time apart and without a zone, in no promised order. The page shows the question as a
query and as a form; both are sent. The older RajaOngkir (`pro.rajaongkir.com`) wraps the same data in
`rajaongkir.status` and `rajaongkir.result`, and is read as well.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from couriers.base import Http, Outcome, Parcel, RawReply, TrackingResult
from couriers.http import Unreachable
from couriers.names import canonical
from couriers.providers.opening import opened
from couriers.registry import ProviderConfig
from couriers.replies import failed, last_digits, refusal, retry_after, text
from couriers.secrecy import hide
from couriers.status import FUTURE, Row, both_ends, journey
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


class Ask(msgspec.Struct, frozen=True):
    """One question, without the key."""

    courier: str
    awb: str
    phone: str | None = None
    """The last five digits of the recipient's phone, only for couriers that want them."""

    def fields(self) -> dict[str, str]:
        """As the provider names them."""
        told = {"awb": self.awb, "courier": self.courier}
        return told if self.phone is None else {**told, "last_phone_number": self.phone}


def request(parcel: Parcel) -> Ask | None:
    """What to ask for a parcel; None when Komerce does not follow its courier."""
    courier = canonical(parcel.courier)
    if courier not in COURIERS:
        return None
    phone = last_digits(parcel.phone, PHONE_DIGITS) if courier in WANT_PHONE else None
    return Ask(courier, parcel.tracking_number, phone)


def parse(reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
    """Read a reply of either generation, whatever it is."""
    wait = retry_after(reply.headers, now)
    body = opened(reply)
    if isinstance(body, Outcome):
        return failed(parcel, NAME, body, wait=wait)
    status, message, data = _envelope(reply.status, body)
    if status != 200:
        return failed(parcel, NAME, refusal(status, message), message, wait)
    rows = _rows(data, now)
    if rows is None:
        return failed(parcel, NAME, Outcome.BAD_REPLY, message)
    return journey(rows, parcel=parcel, source=NAME, now=now, newest_first=True)


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
    manifest = data.get("manifest") or []
    if not isinstance(manifest, list):
        return None
    rows = [row for entry in both_ends(manifest) if (row := _row(entry, now)) is not None]
    if rows or manifest:
        return rows or None
    return _proof(data, now)


def _row(entry: Any, now: int) -> Row | None:
    if not isinstance(entry, dict) or not (words := text(entry.get("manifest_description"))):
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


class Komerce:
    """The provider. Its key never shows in a repr, an error or a log."""

    name = NAME
    documented = True
    needs_key = True
    credentials = ("api_key",)

    def __init__(self, config: ProviderConfig) -> None:
        self._base = (config.base or BASE).rstrip("/")
        self._key = config.credentials.get("api_key", "")

    def covers(self, courier: str | None) -> bool:
        """Whether Komerce follows it; it never guesses a courier itself."""
        return canonical(courier) in COURIERS

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """One look-up; every answer and every silence has an outcome."""
        ask = request(parcel)
        if ask is None:
            return failed(parcel, NAME, Outcome.UNSUPPORTED)
        fields = ask.fields()
        try:
            reply = await http.send(
                "POST",
                self._base + PATH,
                params=fields,
                headers={"key": self._key, "Content-Type": "application/x-www-form-urlencoded"},
                content=urlencode(fields).encode(),
            )
        except Unreachable as error:
            return failed(parcel, NAME, Outcome.UNAVAILABLE, error.reason)
        return hide(parse(reply, parcel, now), (self._key,))
