"""Orders sorted by time, per status and altogether, so that a page costs the page and not the shop.

A key is `(seconds << SHIFT) | serial`: one integer that sorts by time and names the order.
"""

from __future__ import annotations

from bisect import bisect_left, insort

SHIFT = 26
"""Room for 67 million serials under each second."""
SERIALS = (1 << SHIFT) - 1
FIELDS = ("create_time", "update_time")


def key(seconds: int, serial: int) -> int:
    """The sort key of an order at a time."""
    return (seconds << SHIFT) | serial


class Index:
    """Two sorted lists (created, updated) for each group; the group "" holds everything."""

    def __init__(self) -> None:
        self._lists: dict[tuple[str, str], list[int]] = {}

    def fill(self, rows: list[tuple[int, int, int, str]]) -> None:
        """Add many at once: (serial, created, updated, status)."""
        for serial, created, updated, status in rows:
            for group in ("", status):
                self._list("create_time", group).append(key(created, serial))
                self._list("update_time", group).append(key(updated, serial))
        for keys in self._lists.values():
            keys.sort()

    def add(self, serial: int, created: int, updated: int, status: str) -> None:
        """Put one order where it belongs."""
        for group in ("", status):
            insort(self._list("create_time", group), key(created, serial))
            insort(self._list("update_time", group), key(updated, serial))

    def remove(self, serial: int, created: int, updated: int, status: str) -> None:
        """Take one order out; it must be there under exactly these values."""
        for group in ("", status):
            for field, seconds in (("create_time", created), ("update_time", updated)):
                keys = self._list(field, group)
                place = bisect_left(keys, key(seconds, serial))
                if keys[place] != key(seconds, serial):
                    raise KeyError(f"order {serial} is not in {field}/{group}")
                del keys[place]

    def keys(self, field: str, group: str = "") -> list[int]:
        """The sorted keys themselves, not a copy: read only, and only under the world's lock."""
        return self._list(field, group)

    def bounds(self, field: str, group: str, ge: int | None, lt: int | None) -> tuple[int, int]:
        """Half-open positions of the keys whose time lies in [ge, lt)."""
        keys = self._list(field, group)
        low = 0 if ge is None else bisect_left(keys, key(ge, 0))
        high = len(keys) if lt is None else bisect_left(keys, key(lt, 0))
        return low, max(low, high)

    def count(self, group: str = "") -> int:
        """How many orders the group holds."""
        return len(self._list("create_time", group))

    def _list(self, field: str, group: str) -> list[int]:
        return self._lists.setdefault((field, group), [])
