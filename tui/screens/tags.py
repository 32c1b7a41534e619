"""Tags of the orders at hand: digits switch the known ones, `t` types a new one, Enter keeps what was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content

from store.status import HOLD
from store.views import OrderRow
from tui.screens.dialog import Dialog, pantau_of
from tui.screens.lines import keys, plain
from tui.screens.prompt import Prompt
from tui.strings import t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui.app import PantauApp

MOST: Final = 9
"""Tags offered by a digit; others can be typed."""
LONGEST: Final = 24
"""As store/desk.py takes them."""


class TagsDialog(Dialog[Mapping[str, bool]]):
    """Answers with the tags to put on (True) and to take off (False), or None: leave them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "apply", show=False),
        Binding("t", "type", show=False),
        *(Binding(str(place), f"switch({place})", show=False) for place in range(1, MOST + 1)),
    ]

    def __init__(self, have: Sequence[frozenset[str]], known: Sequence[str]) -> None:
        """`have`: the tags of each order; `known`: those used lately."""
        super().__init__()
        self._have = have
        own = sorted(set().union(*have) - {HOLD})
        self._offered = list(dict.fromkeys([HOLD, *own, *known]))[:MOST]
        self._wished: dict[str, bool] = {}

    def title_text(self) -> Content:
        """How many orders this is about."""
        return Content.styled(t("tags.title", n=len(self._have)), "bold")

    def body_text(self) -> Content:
        """A line per tag, the ones that are on marked by sign and colour."""
        return Content("\n").join(self._line(place, tag) for place, tag in enumerate(self._offered, 1))

    def keys_text(self) -> Content:
        """What can be pressed."""
        return keys([t(f"tags.key.{key}") for key in ("switch", "type", "apply", "back")], self.room)

    def action_switch(self, place: int) -> None:
        """One tag on or off, for all the orders."""
        if place <= len(self._offered):
            self._switch(self._offered[place - 1])

    def action_type(self) -> None:
        """Type one that is not offered."""

        def typed(text: str | None) -> None:
            if text is None:
                return
            from store.desk import tag_of

            tag = tag_of(text)
            if tag not in self._offered:
                self._offered = [*self._offered[: MOST - 1], tag]
            if not self._state(tag):
                self._switch(tag)

        prompt = Prompt(t("tags.question"), longest=LONGEST + 1, wrong=_wrong)
        pantau_of(self).push_screen(prompt, typed)

    def action_apply(self) -> None:
        """Keep what was chosen."""
        self.dismiss(self._wished)

    def _line(self, place: int, tag: str) -> Content:
        state = self._state(tag)
        sign = "◐ " if state is None else "● " if state else "○ "
        words = t("tags.hold", tag=tag) if tag == HOLD else plain(tag, LONGEST)
        return Content.assemble(
            (f" {place} ", "$accent"),
            (sign, "$success" if state else "$text-muted"),
            words,
            (f"  ({t('tags.some')})" if state is None else "", "$text-muted"),
        )

    def _state(self, tag: str) -> bool | None:
        """Whether all orders would have it; None: some of them have it."""
        if tag in self._wished:
            return self._wished[tag]
        having = sum(tag in tags for tags in self._have)
        return None if 0 < having < len(self._have) else bool(having)

    def _switch(self, tag: str) -> None:
        self._wished[tag] = not self._state(tag)
        self.redraw()


def _wrong(text: str) -> str:
    from store.desk import tag_of

    try:
        tag_of(text)
    except ValueError:
        return t("tags.wrong")
    return ""


def open_tags(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Choose the tags of these orders."""
    if not rows:
        return
    pks = [row.pk for row in rows]
    have = [frozenset(filter(None, row.tags.split(","))) for row in rows]

    def chosen(wished: Mapping[str, bool] | None) -> None:
        if wished is not None:
            _keep(
                app,
                pks,
                [tag for tag, on in wished.items() if on],
                [tag for tag, on in wished.items() if not on],
            )

    def known(tags: list[str]) -> None:
        app.push_screen(TagsDialog(have, tags), chosen)

    app.data.ask(lambda reader: reader.known_tags(), known)


def _keep(app: PantauApp, pks: Sequence[int], plus: Sequence[str], minus: Sequence[str]) -> None:
    now = app.clock()

    def write(conn: Connection) -> dict[int, str]:
        from store.desk import add_tags, drop_tags, tags_of

        before = tags_of(conn, pks)
        touched = {*drop_tags(conn, pks, minus, "seller", now), *add_tags(conn, pks, plus, "seller", now)}
        return {pk: ",".join(before[pk]) for pk in sorted(touched)}

    def done(before: dict[int, str]) -> None:
        if not before:
            app.say(t("tags.same"))
            return

        def take_back(conn: Connection, at: int) -> int:
            from store.desk import set_tags

            return len(set_tags(conn, before, "seller", at))

        app.main.can_undo(take_back, "tags.back")
        app.say(t("tags.kept", n=len(before)))

    app.main.write(write, done)
