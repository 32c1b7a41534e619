"""The packages that were made after their orders, and the tracking numbers that sellers brought.

Numbers count up and are given once, so an id of a package that was taken apart never comes back.
"""

from __future__ import annotations

from shop.sandbox.orders import Numbers


class Registry:
    """Who has, or once had, a package. Only under the world's lock."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._made: list[tuple[int, ...]] = []
        self._brought: dict[str, str] = {}

    def make(self, *serials: int) -> int:
        """The number of a new package for the goods of these orders."""
        self._made.append(serials)
        return len(self._made) - 1

    def holders(self, package_id: str) -> tuple[int, ...]:
        """The orders whose goods lie, or once lay, in a package; an order may not exist."""
        made = self._numbers.made(package_id)
        if made is not None and made < len(self._made):
            return self._made[made]
        drawn = self._numbers.package(package_id)
        return () if drawn is None else (drawn[0],)

    def tracking_number(self, package_id: str, provider: int) -> str | None:
        """The platform's number for a package made here; None for any other package."""
        made = self._numbers.made(package_id)
        return (
            None if made is None or made >= len(self._made) else self._numbers.made_tracking(made, provider)
        )

    def bring(self, tracking_number: str, package_id: str) -> None:
        """The seller sends a package under this number."""
        self._brought[tracking_number] = package_id

    def brought(self, tracking_number: str) -> str | None:
        """The package a seller's number was brought for."""
        return self._brought.get(tracking_number)

    def tracked(self, tracking_number: str) -> str | None:
        """The package a number may belong to; the caller compares with what the package says."""
        return self._brought.get(tracking_number) or self._numbers.tracked(tracking_number)
