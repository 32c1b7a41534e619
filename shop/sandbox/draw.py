"""Chance by name: a number in [0, 1) that depends only on the seed, the order and what it is for.

Nothing is remembered, so a hundred thousand orders need no hundred thousand generators, and what happens to
one order does not depend on when anybody looked at another.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from itertools import accumulate
from typing import Generic, TypeVar

_MASK = (1 << 64) - 1
T = TypeVar("T")


def mix(key: int, tag: int) -> int:
    """64 well-stirred bits of the two numbers (the finaliser of splitmix64)."""
    x = (key + tag * 0x9E3779B97F4A7C15) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def unit(key: int, serial: int, tag: int) -> float:
    """A fraction in [0, 1) for one purpose (`tag`) of one order."""
    return (mix(mix(key, serial), tag) >> 11) * 2.0**-53


def pick(rng: random.Random, choices: tuple[T, ...]) -> T:
    """One of the choices; uses only `random()`, whose sequence Python promises to keep."""
    return choices[int(rng.random() * len(choices))]


class Shares(Generic[T]):
    """Choices with weights; made once, asked often."""

    def __init__(self, *weighted: tuple[float, T]) -> None:
        self._ends = tuple(accumulate(weight for weight, _ in weighted))
        self._choices = tuple(choice for _, choice in weighted)

    def at(self, fraction: float) -> T:
        """The choice whose share covers the fraction in [0, 1)."""
        return self._choices[bisect_right(self._ends, fraction * self._ends[-1])]


def pick_by(fraction: float, choices: tuple[T, ...]) -> T:
    """The choice that a fraction in [0, 1) stands for."""
    return choices[min(int(fraction * len(choices)), len(choices) - 1)]
