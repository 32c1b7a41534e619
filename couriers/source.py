"""What the sources share: an address and credentials, and the whole way of one question about one parcel."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container

from couriers.ask import Ask, send
from couriers.base import Http, Outcome, Parcel, RawReply, TrackingResult
from couriers.http import Unreachable
from couriers.names import canonical
from couriers.registry import ProviderConfig
from couriers.replies import failed
from couriers.secrecy import hide


class Source(ABC):
    """A provider built from the settings. Its credentials never show in a repr, an error or a log."""

    name: str
    base: str = ""
    """Everything before the documented path; empty: it is handed out with the contract."""
    documented = True
    needs_key = True
    credentials: tuple[str, ...] = ()
    couriers: Container[str] | None = None
    """Our codes of the couriers it knows; None: it goes by the number alone."""

    def __init__(self, config: ProviderConfig) -> None:
        self._base = (config.base or self.base).rstrip("/")
        self._credentials = {name: config.credentials.get(name, "") for name in self.credentials}

    def covers(self, courier: str | None) -> bool:
        """Whether it is worth asking about this courier; with codes of its own it never guesses one."""
        return self.couriers is None or canonical(courier) in self.couriers

    @abstractmethod
    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """One look-up; every answer and every silence has an outcome."""

    def _hidden(self, result: TrackingResult) -> TrackingResult:
        """The result without the credentials: a refusal may repeat what it was given."""
        return hide(result, self._credentials.values())


class OneQuestion(Source):
    """A source that tells of a parcel in the reply to one request."""

    @abstractmethod
    def ask(self, parcel: Parcel) -> Ask | None:
        """The request for a parcel; None when it cannot be one of this source's."""

    @abstractmethod
    def read(self, reply: RawReply, parcel: Parcel, now: int) -> TrackingResult:
        """Its `parse`."""

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """One look-up; every answer and every silence has an outcome."""
        ask = self.ask(parcel)
        if ask is None:
            return failed(parcel, self.name, Outcome.UNSUPPORTED)
        try:
            reply = await send(http, ask)
        except Unreachable as error:
            return failed(parcel, self.name, Outcome.UNAVAILABLE, error.reason)
        return self._hidden(self.read(reply, parcel, now))
