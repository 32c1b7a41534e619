"""Which orders one buyer placed shortly after each other, to the same address. By arithmetic, nothing is stored.

Serials run in blocks of three; some blocks are one buyer's, whole or but for the last.
"""

from __future__ import annotations

from typing import Final

from shop.sandbox.draw import unit

APART: Final = 15 * 60
"""Seconds from one such order to the next."""
_BLOCK = 3
_PAIRS, _TRIPLES = 0.09, 0.03
"""Share of blocks with at least two, and with three of one buyer: about 3 % of all buyers."""
_KIN = 401


def lead(key: int, serial: int) -> int:
    """The first order of the buyer; `serial` itself for a buyer who placed one only."""
    block, place = divmod(serial - 1, _BLOCK)
    return block * _BLOCK + 1 if place < _size(key, block) else serial


def family(key: int, serial: int) -> range:
    """The serials of all orders of the buyer, of which the last ones may not be placed yet."""
    first = lead(key, serial)
    size = _size(key, (first - 1) // _BLOCK) if (first - 1) % _BLOCK == 0 else 1
    return range(first, first + size)


def _size(key: int, block: int) -> int:
    luck = unit(key, block, _KIN)
    return 3 if luck < _TRIPLES else 2 if luck < _PAIRS else 1
