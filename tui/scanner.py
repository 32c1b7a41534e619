"""A barcode scanner types like a keyboard; this tells it from a person by its speed. Pure: times are given.

Keyboard-mode scanners send every sign within a few milliseconds and end with Enter or Tab, as they are set up;
some send no ending. A person is never that fast for several signs in a row. So signs are held back until it is
clear whose they are: a screen feeds every key, asks `flush` when `due` has come, and acts on the answers:

    answer = scanner.feed(event.character, event.key, event.time)
    if answer is None: set a timer for scanner.due
    elif isinstance(answer, Scan): look the code up
    else: act on answer.keys as on keys pressed by hand

The timer's callback should pass through the app's queue before it flushes (see tui/screens/scanning.py):
signs that wait in it are older than the timer.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

LEAST: Final = 6
"""Signs from which a fast burst is a scan; tracking numbers, order ids and barcodes of goods are longer."""
LONGEST: Final = 1_000
"""Signs kept of one scan: QR codes of labels hold a few hundred, everything longer is noise."""
LINES: Final = 200
"""Lines of a paste that count as scans."""
QUIET_MS: Final = 300
"""Silence around a key that a person means (`Deliberate`): six times what a scanner needs for a sign."""
ENDINGS: Final = frozenset({"enter", "tab", "ctrl+j", "ctrl+m", "shift+enter"})
"""What scanners end with: CR, TAB, LF; CR LF sends two of them."""

_AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
"""The prefix of scanners that tell the kind of the barcode (`]C1` Code 128, `]Q1` QR, `]E0` EAN)."""


class Scan(NamedTuple):
    """A code that was scanned (or pasted), cleaned."""

    text: str


class Typed(NamedTuple):
    """Keys of a person, in their order, with the toolkit's names (`y`, `slash`, `down`)."""

    keys: tuple[str, ...]
    text: str = ""
    """Their printable signs."""
    ended: bool = False
    """Whether they came at a scanner's speed and Enter or Tab followed at once: a code too short to be sure."""

    @property
    def key(self) -> str | None:
        """The key, when it is one alone or one held down; else None: several at a scanner's speed mean nothing."""
        return self.keys[0] if len(set(self.keys)) == 1 else None


class Scanner:
    """Collects a burst of signs and says what it was."""

    def __init__(self, gap_ms: float, least: int = LEAST) -> None:
        """`gap_ms`: a scanner never takes longer between two signs, a person nearly always does."""
        self._gap = gap_ms / 1_000
        self._least = least
        self._keys: list[str] = []
        self._signs: list[str] = []
        self._last = float("-inf")
        self._ended_at = float("-inf")

    @property
    def pending(self) -> bool:
        """Whether signs are held back."""
        return bool(self._keys)

    @property
    def due(self) -> float | None:
        """The time at which `flush` has an answer; None when nothing is held back."""
        return self._last + self._gap if self._keys else None

    def feed(self, character: str | None, key: str, at: float) -> Scan | Typed | None:
        """One key at a time in seconds (the event's own, not that of its handling); None: not clear yet."""
        earlier = self.flush(at)
        if key in ENDINGS:
            return self._ending(key, at, earlier)
        sign = character if character is not None and len(character) == 1 and character.isprintable() else ""
        if not sign and not self._keys and earlier is None:
            return Typed((key,))
        if not sign and self._keys and not self._is_scan:
            keys, text = (*self._keys, key), self._text
            self._forget()
            return Typed(keys, text)
        if not sign and self._keys:
            earlier = self._take()
        self._keys.append(key)
        self._last = at
        if sign and len(self._signs) < LONGEST:
            self._signs.append(sign)
        return earlier

    def flush(self, at: float) -> Scan | Typed | None:
        """What the held-back signs were, once nothing followed them in time."""
        if not self._keys or at - self._last <= self._gap:
            return None
        return self._take()

    def paste(self, text: str) -> list[Scan]:
        """What a paste holds: a line each. Terminals announce one as a whole, and so do some scanners."""
        lines = (cleaned(line) for line in text[: LONGEST * LINES].splitlines()[:LINES])
        return [Scan(line) for line in lines if line]

    def _ending(self, key: str, at: float, earlier: Scan | Typed | None) -> Scan | Typed | None:
        if isinstance(earlier, Scan):
            return earlier  # its own ending, a little late
        if earlier is not None:
            self._keys.append(key)  # one answer at a time: `flush` has this one
            self._last = at
            return earlier
        if not self._keys:
            if at - self._ended_at <= self._gap:
                return None  # the second half of CR LF
            return Typed((key,))
        self._ended_at = at
        if self._is_scan:
            return self._take()
        keys, text = (*self._keys, key), self._text
        self._forget()
        return Typed(keys, text, ended=len(text) > 1)

    @property
    def _is_scan(self) -> bool:
        # A key held down repeats as fast as a scanner types.
        return len(self._signs) >= self._least and len(set(self._signs)) > 1

    @property
    def _text(self) -> str:
        return "".join(self._signs)

    def _take(self) -> Scan | Typed:
        keys, text, scan = tuple(self._keys), self._text, self._is_scan
        self._forget()
        if scan and (code := cleaned(text)):
            return Scan(code)
        return Typed(keys, text)

    def _forget(self) -> None:
        self._keys.clear()
        self._signs.clear()


class Deliberate:
    """Tells a key that a person means from the same letter inside a code, however slowly a scanner types: there
    is silence before it and after it."""

    def __init__(self, quiet_ms: float = QUIET_MS) -> None:
        self._quiet = quiet_ms / 1_000
        self._last = float("-inf")
        self._key: str | None = None

    @property
    def due(self) -> float | None:
        """When `settled` has an answer; None when no key waits for its silence."""
        return None if self._key is None else self._last + self._quiet

    def feed(self, key: str, at: float) -> None:
        """Any key that was pressed, whatever it is, at a time in seconds."""
        self._key = key if at - self._last >= self._quiet else None
        self._last = at

    def settled(self, at: float) -> str | None:
        """The key that stood alone, once, when its silence is over."""
        if self._key is None or at - self._last < self._quiet:
            return None
        key, self._key = self._key, None
        return key


def cleaned(text: str) -> str:
    """A code as it can be compared and stored: no control signs, no half characters, no kind prefix, no spaces
    around it, at most LONGEST signs."""
    part = unicodedata.normalize("NFKC", text[: LONGEST * 2])
    kept = "".join(sign for sign in part if unicodedata.category(sign)[0] != "C")
    kept = " ".join(kept.split())
    prefix = _AIM.match(kept)
    return (kept[prefix.end() :] if prefix else kept)[:LONGEST].strip()
