"""Looking one number up: who can be asked, who is, and which of several answers says most."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Final, Protocol
from urllib.parse import urlsplit

from couriers.awb import detect, is_number, normalise
from couriers.base import BatchProvider, Http, Outcome, Pace, Parcel, Provider, TrackingResult, TrackingStatus
from couriers.http import CourierHttp, is_loopback
from couriers.names import canonical
from couriers.providers.tiktok import Fetch, PlatformRow, PlatformTrouble
from couriers.registry import PLATFORM, ProviderConfig, ProviderState, Registry
from couriers.replies import failed
from jobs.config.keys import ProviderSettings
from jobs.config.secrets import courier_secrets, courier_variable
from jobs.config.settings import Settings
from shop.errors import BadReply, Blocked, RateLimited, Refused, ShopError, TokenExpired

log = logging.getLogger(__name__)

SANDBOX_PACE: Final = Pace(per_second=1_000, at_once=10)
"""For a source on this computer."""

_TELLS_MOST: Final = (
    Outcome.OK, Outcome.NEEDS_PHONE, Outcome.NOT_FOUND, Outcome.NOT_REGISTERED, Outcome.QUOTA_EXCEEDED,
    Outcome.RATE_LIMITED, Outcome.UNAVAILABLE, Outcome.BAD_REPLY, Outcome.UNAUTHORIZED, Outcome.UNSUPPORTED,
)  # fmt: skip
"""When several sources were asked in vain: the answer that says most about the parcel, not about a source."""


def guess(number: str) -> str | None:
    """The courier a number most likely belongs to; the rest is never tried in turn, each try costs quota."""
    return next((candidate.courier for candidate in detect(number)), None)


def says_where(result: TrackingResult) -> bool:
    """Whether the answer places the parcel, so that nobody else needs to be asked."""
    return result.outcome is Outcome.OK and result.status is not TrackingStatus.UNKNOWN


def better(one: TrackingResult, other: TrackingResult) -> TrackingResult:
    """Of two answers about a parcel the one that says more; the first when they say as much."""

    def rank(result: TrackingResult) -> tuple[bool, int, bool]:
        return not says_where(result), _TELLS_MOST.index(result.outcome), not result.events

    return min(one, other, key=rank)


async def ask(provider: Provider, http: Http, parcel: Parcel, now: int) -> TrackingResult:
    """One question to one source; a source that breaks, as an installed one may, has answered badly."""
    try:
        result: object = await provider.track(http, parcel, now)
    except Exception as error:
        log.warning("tracking: %s broke: %s", provider.name, type(error).__name__)
        result = None
    return _checked(result, provider.name, parcel)


async def ask_many(
    provider: BatchProvider, http: Http, parcels: Sequence[Parcel], now: int
) -> list[TrackingResult]:
    """One question about several parcels, a result each in their order; broken sources as in `ask`."""
    try:
        results: list[object] = list(await provider.track_many(http, parcels, now))
    except Exception as error:
        log.warning("tracking: %s broke: %s", provider.name, type(error).__name__)
        results = []
    if len(results) != len(parcels):
        results = [None] * len(parcels)
    return [_checked(result, provider.name, parcel) for result, parcel in zip(results, parcels, strict=True)]


def _checked(result: object, source: str, parcel: Parcel) -> TrackingResult:
    """Nobody else looks at what an installed provider hands back."""
    if isinstance(result, TrackingResult) and result.outcome in Outcome:
        return result
    return failed(parcel, source, Outcome.BAD_REPLY)


async def track_number(
    http: Http,
    providers: Sequence[Provider],
    number: str,
    *,
    now: int,
    courier: str | None = None,
    via: str | None = None,
    phone: str | None = None,
) -> TrackingResult:
    """One look-up of any number: `via` one provider, or all in turn until one says where it is.

    `providers` are those that can be asked; an empty choice answers `unauthorized`, as does a key that is not
    there.
    """
    number = normalise(number)
    parcel = Parcel(number, canonical(courier) or guess(number), phone)
    if not is_number(number):
        return failed(parcel, via or "", Outcome.NOT_FOUND, "not a tracking number")
    chosen = [provider for provider in providers if via is None or provider.name == via]
    if not chosen:
        return failed(parcel, via or "", Outcome.UNAUTHORIZED, "no key is set for a provider to ask")
    best: TrackingResult | None = None
    for provider in chosen:
        if via is None and not provider.covers(parcel.courier):
            continue
        result = await ask(provider, http, parcel, now)
        best = result if best is None else better(best, result)
        if says_where(best):
            break
    return best or failed(parcel, "", Outcome.UNSUPPORTED, "name the courier with --courier")


class PlatformClient(Protocol):
    """The call of shop.client.ShopClient that is needed here."""

    async def tracking(self, order_id: str) -> Sequence[PlatformRow]: ...


def platform_fetch(client: PlatformClient) -> Fetch:
    """The platform's call as the tiktok adapter wants it: the shop's errors become outcomes."""

    async def fetch(order_id: str) -> Sequence[PlatformRow]:
        try:
            return await client.tracking(order_id)
        except ShopError as error:
            raise PlatformTrouble(_outcome(error), error.reason or error.word, error.retry_after) from error

    return fetch


def _outcome(error: ShopError) -> Outcome:
    if isinstance(error, RateLimited):
        return Outcome.RATE_LIMITED
    if isinstance(error, Blocked) and not isinstance(error, TokenExpired):
        return Outcome.UNAUTHORIZED
    if isinstance(error, BadReply):
        return Outcome.BAD_REPLY
    return Outcome.NOT_FOUND if isinstance(error, Refused) else Outcome.UNAVAILABLE


def provider_configs(settings: Settings, environ: Mapping[str, str]) -> dict[str, ProviderConfig]:
    """What file and environment say about every provider."""
    configs = {}
    for name in Registry().names():
        table = settings.couriers.provider(name)
        # What nobody switched on or off is judged by its own `documented`.
        told = name in settings.couriers.providers or not table.enabled
        configs[name] = ProviderConfig(
            table.base or None, courier_secrets(environ, name), table.enabled if told else None
        )
    return configs


def providers_of(settings: Settings, environ: Mapping[str, str]) -> list[Provider]:
    """The providers of `[couriers].order` that can be asked; the platform is each shop's own."""
    return Registry().build(settings.couriers.order, provider_configs(settings, environ))


def paces_of(settings: Settings, providers: Sequence[Provider]) -> dict[str, Pace]:
    """How hard each of these may be asked: the settings, else the provider itself, else Pace().

    An address on this computer is a sandbox or a recording, which no pace protects.
    """
    return {
        provider.name: _pace(settings.couriers.provider(provider.name), getattr(provider, "pace", Pace()))
        for provider in providers
    }


def _pace(table: ProviderSettings, own: Pace) -> Pace:
    if table.base and is_loopback(urlsplit(table.base).hostname or ""):
        own = SANDBOX_PACE
    return Pace(
        per_second=table.per_second or own.per_second,
        at_once=table.at_once or own.at_once,
        per_day=table.per_day or own.per_day,
    )


def provider_table(settings: Settings, environ: Mapping[str, str]) -> list[ProviderState]:
    """Every provider of this installation and whether it can be asked, the configured order first."""
    registry, configs = Registry(), provider_configs(settings, environ)
    known = registry.names()
    first = [name for name in dict.fromkeys(settings.couriers.order) if name in known]
    return [registry.state(name, configs[name]) for name in dict.fromkeys([*first, *known])]


async def track_once(
    settings: Settings,
    environ: Mapping[str, str],
    number: str,
    *,
    now: int,
    courier: str | None = None,
    via: str | None = None,
    phone: str | None = None,
) -> TrackingResult:
    """`track_number` with the providers of the configuration; `via` may name one outside `[couriers].order`.

    Raises UnknownProvider for a `via` nobody answers to.
    """
    registry, configs = Registry(), provider_configs(settings, environ)
    if via is not None:
        state = registry.state(via, configs.get(via))
        if not state.configured or via == PLATFORM:
            parcel = Parcel(normalise(number), canonical(courier))
            return failed(parcel, via, Outcome.UNAUTHORIZED, _why_not(state))
    providers = registry.build(settings.couriers.order if via is None else (via,), configs)
    async with CourierHttp() as http:
        return await track_number(http, providers, number, now=now, courier=courier, via=via, phone=phone)


def _why_not(state: ProviderState) -> str:
    """Why a provider named by a person cannot be asked, and what to do about it."""
    if state.name == PLATFORM:
        return "the platform tells only of a shop's own orders: pantau order ID"
    if not state.enabled:
        return f"switched off: set [couriers.{state.name}] enabled = true"
    missing = " ".join(courier_variable(state.name, name) for name in state.missing)
    return f"not set: {missing}" if missing else f"could not be loaded ({state.error})"
