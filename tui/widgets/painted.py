"""A widget that paints its own lines: pieces of plain text, each with a role the style sheet gives a look.

No markup is parsed anywhere, so text of buyers cannot style, link or act. A role that has a colour stands
beside a word or a sign that says the same; NO_COLOR loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.text import flat

Piece = tuple[str, str]
"""Text (own or cleaned) and its role."""

ROLES: Final = (
    "plain",
    "muted",
    "strong",
    "accent",
    "info",
    "late",
    "soon",
    "good",
    "head",
    "rule",
    "cursor",
    "shop-blue",
    "shop-violet",
    "shop-olive",
    "shop-teal",
    "shop-pink",
    "shop-brown",
)
"""What a piece can be. `cursor` also lends its background to the whole line under the cursor."""


class Painted(Widget):
    """Base of the light widgets. Subclasses give `content`, which is asked again after `changed`."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"painted--{role}" for role in ROLES}
    DEFAULT_CSS = """
    Painted { height: 1; }
    Painted > .painted--plain { color: $foreground; }
    Painted > .painted--muted { color: $foreground 58%; }
    Painted > .painted--strong { color: $foreground; text-style: bold; }
    Painted > .painted--accent { color: $accent; text-style: bold; }
    Painted > .painted--info { color: $accent; }
    Painted > .painted--late { color: $error; }
    Painted > .painted--soon { color: $warning; }
    Painted > .painted--good { color: $success; }
    Painted > .painted--head { color: $foreground 72%; }
    Painted > .painted--rule { color: $foreground 22%; }
    Painted > .painted--shop-blue { color: #4d8fe0; text-style: bold; }
    Painted > .painted--shop-violet { color: #a678e8; text-style: bold; }
    Painted > .painted--shop-olive { color: #8a9440; text-style: bold; }
    Painted > .painted--shop-teal { color: #2fa198; text-style: bold; }
    Painted > .painted--shop-pink { color: #d4699f; text-style: bold; }
    Painted > .painted--shop-brown { color: #b08560; text-style: bold; }
    Painted > .painted--cursor { color: $accent; background: $accent 22%; text-style: bold; }
    """

    _styles_of: dict[tuple[str, bool], Style] | None = None
    _lines: list[list[Piece]] | None = None

    def content(self, width: int, height: int) -> Sequence[Sequence[Piece]]:
        """The lines to show in a box of this size; missing ones are blank."""
        return ()

    def changed(self) -> None:
        """Something shown has changed: repaint the lines that really did."""
        before = self._lines
        self._lines = None
        if before is None or not self.is_attached or self.size.height == 0:
            self.refresh()
            return
        now = self._content()
        regions = [
            Region(0, y, self.size.width, 1)
            for y in range(self.size.height)
            if (before[y] if y < len(before) else None) != (now[y] if y < len(now) else None)
        ]
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """One line, exactly as wide as the widget."""
        lines = self._content()
        return self.paint(lines[y] if y < len(lines) else (), self.size.width)

    def paint(self, pieces: Iterable[Piece], width: int, *, cursor: bool = False) -> Strip:
        """Pieces as a strip of exactly `width` cells, on the cursor's ground or on the widget's own."""
        segments = [
            Segment(text if text.isascii() else flat(text), self.look(role, cursor))
            for text, role in pieces
            if text
        ]
        strip = Strip(segments)
        return strip.adjust_cell_length(width, self.look("plain", cursor))

    def look(self, role: str, cursor: bool = False) -> Style:
        """The style of a role in the present theme, blended onto its ground."""
        if self._styles_of is None:
            self._styles_of = {}
        style = self._styles_of.get((role, cursor))
        if style is None:
            styles = self.get_component_styles(f"painted--{role}")
            _, ground = self.background_colors
            if cursor:
                ground += self.get_component_styles("painted--cursor").background
            color = ground + styles.color
            style = Style(color=color.rich_color, bgcolor=ground.rich_color) + styles.text_style
            if cursor:
                style += Style(bold=True)
            self._styles_of[role, cursor] = style
        return style

    def notify_style_update(self) -> None:
        """The theme or a rule changed: resolve the looks anew."""
        self._styles_of = None
        super().notify_style_update()

    def on_resize(self) -> None:
        """Another width is another content."""
        self._lines = None

    def _content(self) -> list[list[Piece]]:
        if self._lines is None:
            self._lines = [list(line) for line in self.content(self.size.width, self.size.height)]
        return self._lines


def length(pieces: Iterable[Piece]) -> int:
    """Cells the pieces take."""
    from rich.cells import cell_len

    return sum(cell_len(flat(text)) for text, _ in pieces)
