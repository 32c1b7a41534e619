"""A screen that a scanner types into: every key passes tui/scanner.py before it means anything.

Subclasses say what a scan does (`scanned`), what the keys of a person do (`typed`), and what a key does that must
stand alone in silence, so that no code can hold it by accident (`meant`). While an input line has the focus, keys
are its own; `escape` is told by `typed` all the same.
"""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.screen import Screen

from tui import scanner
from tui.scanner import Deliberate, Scan, Scanner, Typed


class ScanScreen(Screen[None]):
    """Base of the packing table and whatever else is worked with a scanner in hand."""

    AUTO_FOCUS = None

    def __init__(self, gap_ms: float) -> None:
        super().__init__()
        self._scanner = Scanner(gap_ms)
        self._alone = Deliberate(scanner.QUIET_MS)
        self._armed = False

    @property
    def listening(self) -> bool:
        """Whether keys are held back until it is clear whose they are."""
        return self._scanner.pending or self._alone.due is not None

    def scanned(self, code: str) -> None:
        """A code was scanned or pasted."""

    def typed(self, key: str) -> None:
        """A person pressed a key; one that was held down comes once for each repetition."""

    def meant(self, key: str) -> None:
        """A key was pressed with silence around it."""

    def too_fast(self, text: str) -> None:
        """Several keys came at a scanner's speed, too few for a code and without an ending."""

    def on_key(self, event: events.Key) -> None:
        """Every key, before any binding sees it."""
        if self.focused is not None:
            if event.key == "escape":
                event.stop()
                self.typed("escape")
            return
        event.stop()
        self._alone.feed(event.key, event.time)
        self._heard(self._scanner.feed(event.character, event.key, event.time))
        self._arm()

    def on_paste(self, event: events.Paste) -> None:
        """Scanners in terminals that announce fast input, and people with a number in the clipboard."""
        if self.focused is None:
            event.stop()
            for scan in self._scanner.paste(event.text):
                self.scanned(scan.text)

    def _heard(self, answer: Scan | Typed | None) -> None:
        if isinstance(answer, Scan):
            self.scanned(answer.text)
        elif answer is not None and answer.key is not None:
            for key in answer.keys:
                self.typed(key)
        elif answer is not None and answer.ended:
            self.scanned(answer.text)
        elif answer is not None and answer.text:
            self.too_fast(answer.text)

    def _arm(self) -> None:
        """One timer at a time: a code has many signs."""
        dues = [due for due in (self._scanner.due, self._alone.due) if due is not None]
        if dues and not self._armed:
            self._armed = True
            self.set_timer(max(min(dues) - Message().time, 0) + 0.001, self._due)

    def _due(self) -> None:
        # Keys that wait in the queues were pressed before this timer ended: they go first.
        self.app.call_later(self.call_later, self._settle)

    def _settle(self) -> None:
        self._armed = False
        now = Message().time
        self._heard(self._scanner.flush(now))
        if (key := self._alone.settled(now)) is not None:
            self.meant(key)
        if self.is_attached:
            self._arm()
