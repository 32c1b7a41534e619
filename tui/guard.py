"""The last line of defence: no painted text carries a control character, whatever was forgotten before."""

from __future__ import annotations

import logging
from collections.abc import Callable

from rich.segment import Segment
from textual.strip import Strip

from tui.text import ESCAPES

_log = logging.getLogger(__name__)


def guard_terminal(report: Callable[[str], None] = _log.error) -> None:
    """Wrap `Strip.render` once: no painted text may carry a control or bidi character.

    A hit is a bug of ours; it is reported without the text itself, which may be a buyer's.
    """
    original = Strip.render
    if getattr(original, "guarded", False):
        return

    def render(self: Strip, console: object) -> str:
        if self._render_cache is None and ESCAPES.search(self.text):
            report("a control character almost reached the terminal: a text was painted without clean()")
            self._segments = [
                Segment(ESCAPES.sub("\ufffd", text), style, control)
                for text, style, control in self._segments
            ]
        return original(self, console)  # type: ignore[arg-type]

    render.guarded = True  # type: ignore[attr-defined]
    Strip.render = render  # type: ignore[method-assign]
