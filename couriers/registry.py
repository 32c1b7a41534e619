"""Who can be asked: providers by name, built in or installed, and whether each is set up.

A third party adds one with an entry point in the group `pantau.couriers`; its name is the provider's, its
object a ProviderType: a class with `name`, `documented`, `credentials`, built from a ProviderConfig. It runs
behind couriers/plugins.py; docs/couriers.md shows how to write one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from typing import Final, Protocol, cast

import msgspec

from couriers import plugins
from couriers.base import Provider

GROUP: Final = "pantau.couriers"
PLATFORM: Final = "tiktok"
"""Stands in an order of providers like the others, but is built per shop (couriers/providers/tiktok.py)."""

_BUILT_IN: Final = {
    "17track": "couriers.providers.seventeentrack:SeventeenTrack",
    "aftership": "couriers.providers.aftership:AfterShip",
    "anteraja": "couriers.providers.anteraja:AnterAja",
    "binderbyte": "couriers.providers.binderbyte:BinderByte",
    "biteship": "couriers.providers.biteship:Biteship",
    "jne": "couriers.providers.jne:Jne",
    "jnt": "couriers.providers.jnt:Jnt",
    "jnt_web": "couriers.providers.jnt_web:JntWeb",
    "kiriminaja": "couriers.providers.kiriminaja:KiriminAja",
    "komerce": "couriers.providers.komerce:Komerce",
    "lion": "couriers.providers.lion:Lion",
    "ninja": "couriers.providers.ninja:Ninja",
    "pos": "couriers.providers.pos:Pos",
    "sicepat": "couriers.providers.sicepat:SiCepat",
    "spx": "couriers.providers.spx:Spx",
}


class ProviderConfig(msgspec.Struct, frozen=True):
    """What the settings say about one provider. Never shown: it holds the credentials."""

    base: str | None = None
    """Replaces everything before the documented path; None: the documented address."""
    credentials: Mapping[str, str] = {}
    """By lower-case name: `api_key`, `username`, ..."""
    enabled: bool | None = None
    """None: on if documented."""

    def __repr__(self) -> str:
        names = sorted(self.credentials)
        return f"ProviderConfig(base={self.base!r}, credentials={names}, enabled={self.enabled})"


class ProviderType(Protocol):
    """A class whose instances are providers."""

    name: str
    documented: bool
    credentials: tuple[str, ...]
    """Names without which it cannot be asked."""

    def __call__(self, config: ProviderConfig) -> Provider: ...


class ProviderState(msgspec.Struct, frozen=True):
    """One line of `pantau couriers`."""

    name: str
    documented: bool
    enabled: bool
    missing: tuple[str, ...]
    """Credentials that are not there."""
    needs_key: bool = True
    error: str | None = None
    """Why an installed provider could not be loaded."""

    @property
    def configured(self) -> bool:
        """Whether it can be asked now."""
        return self.enabled and not self.missing and self.error is None


class UnknownProvider(LookupError):
    """A name nobody answers to; `nearest` may be what was meant."""

    def __init__(self, name: str, nearest: str | None) -> None:
        super().__init__(name)
        self.name = name
        self.nearest = nearest


class Registry:
    """The providers of this installation. Nothing is imported before it is asked for."""

    def __init__(self, installed: Callable[[], Mapping[str, Callable[[], object]]] | None = None) -> None:
        ours = {name: _loader(path) for name, path in _BUILT_IN.items()}
        self._loaders = plugins.usable((installed or _installed)(), {PLATFORM, *ours}) | ours

    def names(self) -> list[str]:
        """Every name that can stand in `[couriers].order`, the platform first."""
        return [PLATFORM, *sorted(self._loaders)]

    def check(self, name: str) -> None:
        """Raises UnknownProvider."""
        if name != PLATFORM and name not in self._loaders:
            near = get_close_matches(name, self.names(), n=1)
            raise UnknownProvider(name, near[0] if near else None)

    def load(self, name: str) -> ProviderType:
        """The class of a provider; raises UnknownProvider, or whatever a third party's import raises."""
        self.check(name)
        return cast(ProviderType, self._loaders[name]())

    def state(self, name: str, config: ProviderConfig | None = None) -> ProviderState:
        """Whether a provider can be asked, and what is missing."""
        self.check(name)
        config = config or ProviderConfig()
        if name == PLATFORM:
            return ProviderState(
                PLATFORM, documented=True, enabled=config.enabled is not False, missing=(), needs_key=False
            )
        try:
            kind = self.load(name)
            documented, needed = kind.documented, tuple(kind.credentials)
        except Exception as error:  # a broken plug-in must not take the others along
            return ProviderState(name, False, enabled=False, missing=(), error=type(error).__name__)
        enabled = documented if config.enabled is None else config.enabled
        missing = tuple(one for one in needed if not config.credentials.get(one))
        return ProviderState(name, documented, enabled, missing, bool(needed))

    def build(self, order: Sequence[str], configs: Mapping[str, ProviderConfig]) -> list[Provider]:
        """The providers of an order that can be asked now, in that order.

        The platform is left out, and so is a name nobody answers to: the settings judge names.
        """
        return [
            self.load(name)(configs.get(name, ProviderConfig()))
            for name in dict.fromkeys(order)
            if name in self._loaders and self.state(name, configs.get(name)).configured
        ]


def _installed() -> dict[str, Callable[[], object]]:
    return {point.name: point.load for point in entry_points(group=GROUP)}


def _loader(path: str) -> Callable[[], object]:
    module, _, attribute = path.partition(":")
    return lambda: getattr(import_module(module), attribute)
