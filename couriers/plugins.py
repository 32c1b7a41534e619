"""Providers that other packages install: each behind a guard, so that a broken one stays alone.

Their code is not ours: importing it may fail, its class may be anything, `track()` may raise, hang or return
what it likes. Behind the guard it always answers with a well-formed TrackingResult under its own name.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from couriers.base import Http, Outcome, Pace, Parcel, TrackEvent, TrackingResult, TrackingStatus
from couriers.replies import LONGEST_WAIT, failed
from couriers.secrecy import hide
from couriers.status import KEPT_ROWS, LONGEST_TEXT
from couriers.times import plausible

if TYPE_CHECKING:
    from couriers.registry import ProviderConfig

log = logging.getLogger(__name__)

DEADLINE: Final = 90.0
"""Seconds an installed provider may take for a question: three slow requests."""
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_]*")
"""Names that a TOML key and an environment variable both carry without loss."""

Loader = Callable[[], object]


class NotAProvider(TypeError):
    """The object behind an entry point is no provider class."""


def usable(found: Mapping[str, Loader], taken: Collection[str]) -> dict[str, Loader]:
    """Those that may have their name, guarded.

    A built-in name stays ours, or an installed package would receive its key. So do spellings of it that
    read the same variables (`JNE`, `jnt-web`): a name is lower-case letters, digits and `_`.
    """
    kept: dict[str, Loader] = {}
    for name, load in found.items():
        if _NAME.fullmatch(name) is None or name in taken:
            _complain(name[:40])
        else:
            kept[name] = _guarded(name, load)
    return kept


@lru_cache(maxsize=64)
def _complain(name: str) -> None:
    """Once a run: the registry is built for every look-up."""
    log.warning("couriers: the name of an installed provider is not free: %r", name)


def _guarded(name: str, load: Loader) -> Loader:
    def loader() -> object:
        try:
            return InstalledType(name, load())
        except SystemExit as error:  # a script that was never meant to be imported
            raise ImportError(f"it exits with {error.code!r}") from None

    return loader


class InstalledType:
    """A registry.ProviderType around an installed class; raises NotAProvider for anything else."""

    def __init__(self, name: str, kind: Any) -> None:
        needed = getattr(kind, "credentials", None)
        if (
            not isinstance(kind, type)
            or getattr(kind, "name", None) != name
            or not isinstance(getattr(kind, "documented", None), bool)
            or not isinstance(needed, Sequence)
            or isinstance(needed, str)
            or not all(isinstance(one, str) for one in needed)
            or not callable(getattr(kind, "track", None))
        ):
            raise NotAProvider(name)
        self.name = name
        self.documented: bool = kind.documented  # type: ignore[attr-defined]
        self.credentials = tuple(needed)
        self._kind: Any = kind

    def __call__(self, config: ProviderConfig) -> Installed:
        try:
            inner = self._kind(config)
        except (Exception, SystemExit) as error:
            log.warning("couriers: %s cannot be built: %s", self.name, type(error).__name__)
            inner = None
        size = getattr(inner, "batch_size", None)
        if isinstance(size, int) and size > 1 and callable(getattr(inner, "track_many", None)):
            return InstalledBatch(self, inner, config, size)
        return Installed(self, inner, config)


class Installed:
    """An installed provider behind the guard; one that could not be built answers `bad_reply`."""

    def __init__(self, kind: InstalledType, inner: Any, config: ProviderConfig) -> None:
        self.name = kind.name
        self.documented = kind.documented
        self.needs_key = bool(kind.credentials)
        self.pace = _pace(getattr(inner, "pace", None))
        self._inner = inner
        self._secrets = tuple(config.credentials.values())

    def covers(self, courier: str | None) -> bool:
        """What it says itself; nothing, if it cannot say."""
        try:
            return self._inner is not None and bool(self._inner.covers(courier))
        except Exception as error:
            log.warning("couriers: %s broke: %s", self.name, type(error).__name__)
            return False

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        """Its answer, if it is one."""
        return self._checked(await self._run("track", http, parcel, now), parcel)

    async def _run(self, method: str, *question: Any) -> Any:
        """What it returned; None when it broke."""
        try:
            async with asyncio.timeout(DEADLINE):
                return await getattr(self._inner, method)(*question)
        except TimeoutError:
            return Outcome.UNAVAILABLE
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return None  # nobody cancelled it: it let the end of a task of its own escape
        except (Exception, SystemExit) as error:
            log.warning("couriers: %s broke: %s", self.name, type(error).__name__)
            return None

    def _checked(self, told: Any, parcel: Parcel) -> TrackingResult:
        try:
            return hide(self._tidied(told, parcel), self._secrets)
        except (TypeError, ValueError, OverflowError, RecursionError):
            log.warning("couriers: %s returned no TrackingResult", self.name)
            return failed(parcel, self.name, Outcome.BAD_REPLY, "the provider's answer is malformed")

    def _tidied(self, told: Any, parcel: Parcel) -> TrackingResult:
        """The same answer with every field of its type and size; raises if that cannot be."""
        if told is None or isinstance(told, Outcome):
            return failed(parcel, self.name, told or Outcome.BAD_REPLY, "the provider broke")
        if not isinstance(told, TrackingResult):
            raise TypeError
        # Structs do not check their fields when they are built.
        result = msgspec.convert(msgspec.to_builtins(told, builtin_types=(bytes,)), TrackingResult)
        wait = result.retry_after
        if wait is not None and not 0 <= wait <= LONGEST_WAIT:
            wait = None
        if result.outcome is not Outcome.OK:
            return failed(parcel, self.name, result.outcome, result.message or "", wait)
        if any(
            not (at is None or plausible(at)) for at in (result.delivered_at, *(e.at for e in result.events))
        ):
            raise ValueError
        events = [_short(event) for event in result.events[-KEPT_ROWS:]]
        if all(event.at is not None for event in events):
            events.sort(key=lambda event: event.at or 0)
        return msgspec.structs.replace(
            result,
            tracking_number=parcel.tracking_number,
            courier=parcel.courier,
            source=self.name,
            delivered_at=result.delivered_at if result.status is TrackingStatus.DELIVERED else None,
            reason=_cut(result.reason),
            events=tuple(events),
            message=None,
            retry_after=None,
        )


class InstalledBatch(Installed):
    """An installed provider that answers for many parcels at once."""

    def __init__(self, kind: InstalledType, inner: Any, config: ProviderConfig, size: int) -> None:
        super().__init__(kind, inner, config)
        self.batch_size = size

    async def track_many(self, http: Http, parcels: Sequence[Parcel], now: int) -> list[TrackingResult]:
        """Its answers, if it gave one for each parcel."""
        told = await self._run("track_many", http, parcels, now)
        if not isinstance(told, Sequence) or isinstance(told, str) or len(told) != len(parcels):
            told = [told] * len(parcels)
        return [self._checked(one, parcel) for one, parcel in zip(told, parcels, strict=True)]


def _pace(told: object) -> Pace:
    if not isinstance(told, Pace):
        return Pace()
    try:
        pace = msgspec.convert(msgspec.to_builtins(told), Pace)
    except (TypeError, ValueError):
        return Pace()
    return pace if 0 < pace.per_second < math.inf and pace.at_once > 0 and (pace.per_day or 1) > 0 else Pace()


def _short(event: TrackEvent) -> TrackEvent:
    return msgspec.structs.replace(
        event,
        text=_cut(event.text) or "",
        location=_cut(event.location),
        code=_cut(event.code),
        reason=_cut(event.reason),
    )


def _cut(text: str | None) -> str | None:
    return None if text is None else text.replace("\0", "")[:LONGEST_TEXT]
