"""Faults on demand, as a specification a person can type.

    NAME[:AMOUNT][:SECONDS][@PREFIX][*COUNT] , ...

AMOUNT is a chance between 0 and 1 (default 1: always), SECONDS a length such as `3s` or `500ms`. PREFIX
limits the fault to paths that begin with it, COUNT to its first so many strikes. Without a prefix a fault
strikes the signed API only: who wants a broken token refresh says so (`500:1@/api/v2/token`).

    pantau sandbox --faults '429:0.05,timeout-after:0.01@/fulfillment,stale-reads:3s'
    pantau sandbox --faults 'cut-after:1@/fulfillment/202309/packages/ship*1'

Chance is seeded: the same requests in the same order meet the same faults.
"""

from __future__ import annotations

import difflib
import random
import re
import threading
from typing import Final

import msgspec

MOMENTS: Final = {
    "429": "rate limited, with Retry-After; nothing is executed",
    "429-bare": "rate limited without Retry-After; nothing is executed",
    "500": "HTTP 500 before anything is executed",
    "500-after": "executed, then HTTP 500",
    "503": "HTTP 503 with an HTML page; nothing is executed",
    "internal": "HTTP 200 with code 36009003; nothing is executed",
    "internal-after": "executed, then HTTP 200 with code 36009003",
    "cut-before": "the connection is cut; nothing is executed",
    "cut-after": "executed, then the connection is cut",
    "timeout-before": "silence for SECONDS (default 60), then a cut connection; nothing is executed",
    "timeout-after": "executed, then silence for SECONDS (default 60) and a cut connection",
    "garbage": "executed, but the answer is an HTML page with HTTP 200",
    "half": "executed, but the connection is cut in the middle of the answer",
    "drip": "executed, the answer comes byte by byte over SECONDS (default 10)",
    "slow": "the answer takes SECONDS (default 2) longer",
}
"""Faults that strike a request."""
ORDERS: Final = {
    "wrong-types": "an order in the answer has fields of the wrong type or lacks its id",
    "unknown-status": "an order in the answer has a status nobody knows",
}
"""Faults that strike single orders in an answer; the chance is per order."""
MODES: Final = {
    "stale-reads": "reads lag SECONDS (default 3) behind writes",
    "label-slow": "labels take SECONDS (default 5) after the shipment to be ready",
    "expired-token": "the access token is expired; a refresh gives a good one",
    "page-drift": "orders move while somebody pages: three per page",
    "no-duplicate-guard": "a write the platform would refuse as a repeat is executed again and counted",
    "stock-locked": "promotions lock the stock of every third product",
    "chat-closed": "no conversation takes messages (45109001)",
    "chat-quota": "the chat's requests of the day are used up (45101004)",
    "chat-sensitive": "every message is refused for its words (45101006)",
    "must-split": "phones and tablets (here: their accessories) must travel in packages of their own",
}
"""Faults that are a state of the platform."""
NAMES: Final = MOMENTS | ORDERS | MODES
_LENGTHS: Final = {
    "timeout-before": 60.0,
    "timeout-after": 60.0,
    "drip": 10.0,
    "slow": 2.0,
    "stale-reads": 3.0,
    "label-slow": 5.0,
}
# Nothing outside these is struck unless a prefix names it.
_ADMIN, _TOKENS, _FILES = "/_sandbox", "/api/v2/token", "/documents"
_ENTRY = re.compile(
    r"(?P<name>[^:@*]+)(?P<amounts>(?::[^:@*]*)*)(?:@(?P<prefix>/[^*]*))?(?:\*(?P<count>\d+))?"
)
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(ms|s)")


class FaultError(ValueError):
    """A specification that cannot be read; the message says which part and what was meant."""


class Fault(msgspec.Struct):
    """One entry of a specification."""

    name: str
    chance: float = 1.0
    seconds: float = 0.0
    prefix: str = ""
    left: int | None = None
    """Strikes left; None: without end."""
    struck: int = 0

    def covers(self, path: str) -> bool:
        """Whether a path is within its reach and it has strikes left."""
        if self.left == 0 or path.startswith(_ADMIN):
            return False
        if self.prefix:
            return path.startswith(self.prefix)
        return not path.startswith((_TOKENS, _FILES))


def parse(spec: str) -> list[Fault]:
    """The faults of a specification; raises FaultError."""
    return [_entry(part.strip()) for part in spec.split(",") if part.strip()]


def _entry(text: str) -> Fault:
    match = _ENTRY.fullmatch(text)
    name = match["name"] if match else text
    if match is None or name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, n=1)
        hint = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(NAMES)}"
        raise FaultError(f"unknown fault {text!r}{hint}")
    fault = Fault(name, seconds=_LENGTHS.get(name, 0.0), prefix=match["prefix"] or "")
    for amount in match["amounts"].split(":")[1:]:
        if length := _LENGTH.fullmatch(amount):
            fault.seconds = float(length[1]) / (1000 if length[2] == "ms" else 1)
            continue
        try:
            fault.chance = float(amount)
        except ValueError:
            raise FaultError(f"{text!r}: {amount!r} is neither a chance nor a length such as 3s") from None
        if not 0 <= fault.chance <= 1:
            raise FaultError(f"{text!r}: a chance lies between 0 and 1")
    if match["count"] is not None:
        fault.left = int(match["count"])
    return fault


class Faults:
    """The faults in force. Safe to use from any thread."""

    def __init__(self, spec: str = "", seed: int = 1) -> None:
        self._lock = threading.Lock()
        self._rng = random.Random(seed)
        self._faults = parse(spec)

    def set(self, spec: str, *, add: bool = False) -> None:
        """Replace the faults in force, or add to them; raises FaultError and then changes nothing."""
        fresh = parse(spec)
        with self._lock:
            self._faults = [*self._faults, *fresh] if add else fresh

    def listed(self) -> list[Fault]:
        """All of them, with how often each has struck."""
        with self._lock:
            return [msgspec.structs.replace(fault) for fault in self._faults]

    def mode(self, name: str) -> Fault | None:
        """A mode in force, or None; asking is no strike."""
        with self._lock:
            return next((fault for fault in self._faults if fault.name == name and fault.left != 0), None)

    def spend(self, name: str) -> bool:
        """Use up a mode that works once, such as the expired token; False when it is not in force."""
        with self._lock:
            for fault in self._faults:
                if fault.name == name and fault.left != 0:
                    fault.struck += 1
                    fault.left = 0 if fault.left is None else fault.left - 1
                    return True
        return False

    def strike(self, path: str) -> Fault | None:
        """The fault this request meets, if any; the first that hits wins."""
        return self._hit(path, MOMENTS)

    def strike_order(self, path: str) -> str | None:
        """The name of the fault a single order in an answer meets, if any."""
        fault = self._hit(path, ORDERS)
        return None if fault is None else fault.name

    def _hit(self, path: str, names: dict[str, str]) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.name in names and fault.covers(path) and self._rng.random() < fault.chance:
                    fault.struck += 1
                    if fault.left is not None:
                        fault.left -= 1
                    return fault
        return None
