"""Who can be asked."""

from __future__ import annotations

import pytest

from couriers.base import Http, Outcome, Parcel, TrackingResult
from couriers.providers.binderbyte import BinderByte
from couriers.registry import PLATFORM, ProviderConfig, Registry, UnknownProvider
from couriers.replies import failed

KEY = ProviderConfig(credentials={"api_key": "CANARY"})


class Pigeon:
    """A provider as a third party would write it."""

    name = "pigeon"
    documented = False
    needs_key = False
    credentials: tuple[str, ...] = ()

    def __init__(self, config: ProviderConfig) -> None:
        self.base = config.base

    def covers(self, courier: str | None) -> bool:
        return True

    async def track(self, http: Http, parcel: Parcel, now: int) -> TrackingResult:
        return failed(parcel, self.name, Outcome.NOT_FOUND)


def broken() -> object:
    raise ImportError("no module named CANARY")


def installed() -> Registry:
    return Registry(lambda: {"pigeon": lambda: Pigeon, "broken": broken, "binderbyte": lambda: Pigeon})


def test_names_the_platform_first() -> None:
    assert Registry().names()[0] == PLATFORM
    assert {"binderbyte", "pigeon", "broken"} < set(installed().names())


def test_a_provider_without_its_key_is_not_asked() -> None:
    registry = Registry()
    assert registry.state("binderbyte").missing == ("api_key",)
    assert not registry.state("binderbyte").configured
    assert registry.build(["tiktok", "binderbyte"], {}) == []
    (built,) = registry.build(["tiktok", "binderbyte", "binderbyte"], {"binderbyte": KEY})
    assert isinstance(built, BinderByte)


def test_switched_off_is_off() -> None:
    off = ProviderConfig(credentials={"api_key": "k"}, enabled=False)
    assert Registry().build(["binderbyte"], {"binderbyte": off}) == []
    assert not Registry().state(PLATFORM, off).configured


def test_what_nobody_documented_is_off_unless_switched_on() -> None:
    registry = installed()
    assert registry.build(["pigeon"], {}) == []
    (built,) = registry.build(["pigeon"], {"pigeon": ProviderConfig("http://127.0.0.1:1", enabled=True)})
    assert built.name == "pigeon" and built.covers("jne")


def test_a_third_party_cannot_take_a_built_in_name() -> None:
    assert installed().load("binderbyte") is BinderByte


def test_a_broken_third_party_stays_alone() -> None:
    state = installed().state("broken", KEY)
    assert (state.configured, state.error) == (False, "ImportError")
    assert len(installed().build(["broken", "binderbyte"], {"broken": KEY, "binderbyte": KEY})) == 1


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(UnknownProvider) as caught:
        Registry().check("binderbite")
    assert (caught.value.name, caught.value.nearest) == ("binderbite", "binderbyte")
    assert Registry().build(["biteshipp"], {}) == []


def test_a_configuration_shows_no_key() -> None:
    assert "CANARY" not in repr(KEY) and "api_key" in repr(KEY)
