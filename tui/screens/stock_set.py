"""Setting a number of pieces: one line to type it, one look at what each shop would sell, `y`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from textual.binding import Binding, BindingType
from textual.content import Content

from jobs.stock.wishes import StockPlan, plan_level, plan_set, queue, set_low
from shop.product_writes import MOST
from store.stock import Pile
from tui.reasons import failure
from tui.screens.dialog import Dialog
from tui.screens.lines import entry, keys, plain
from tui.screens.prompt import Prompt
from tui.stock_words import held, low_set, name_of, piece, wrong_mark
from tui.strings import number, t

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tui.app import PantauApp

DIGITS: Final = 6


class How(NamedTuple):
    """How a number is set."""

    force: bool = False
    """Also where it moved since."""
    covered: bool = False
    """What was lacking has come."""


class SetDialog(Dialog[How]):
    """What would be set in which shop; answers how, or None."""

    HOLDS_NEWS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", show=False),
        Binding("f", "force", show=False),
        Binding("p", "covered", show=False),
    ]

    def __init__(self, title: str, plan: StockPlan) -> None:
        super().__init__()
        self._title = title
        self._plan = plan
        self._how = How()

    def title_text(self) -> Content:
        """Which goods."""
        return Content.styled(plain(self._title), "bold")

    def body_text(self) -> Content:
        """Each shop's number before and after, and what stays."""
        return Content("\n").join(self._lines())

    def _lines(self) -> Iterator[Content]:
        for one in self._plan.ok:
            words = t(
                "stock.set.line", shop=plain(one.shelf.shop, 40), was=piece(one.shelf.available),
                quantity=number(one.quantity),
            )  # fmt: skip
            yield from entry("  ", words, self.room, style="bold")
        for other in self._plan.held:
            yield from entry("  ", plain(held(other)), self.room, style="$text-muted")
        if self._plan.ok:
            if n := self._plan.lacking:
                words = t("stock.set.covered" if self._how.covered else "stock.set.lacking", n=n)
                yield from entry("", words, self.room, style="$success" if self._how.covered else "$warning")
            careful = t("stock.set.force" if self._how.force else "stock.set.careful")
            yield from entry("", careful, self.room, style="$warning" if self._how.force else "$text-muted")

    def keys_text(self) -> Content:
        """What can be pressed."""
        phrases = []
        if n := len(self._plan.ok):
            phrases.append(t("stock.set.key.yes", n=n))
            phrases.append(t("stock.set.key.careful" if self._how.force else "stock.set.key.force"))
            if self._plan.lacking:
                phrases.append(t("stock.set.key.lacking" if self._how.covered else "stock.set.key.covered"))
        return keys([*phrases, t("stock.set.key.back")], self.room)

    def action_yes(self) -> None:
        """Set them."""
        if self._plan.ok:
            self.dismiss(self._how)

    def action_force(self) -> None:
        """Whether a number that moved is overwritten."""
        if self._plan.ok:
            self._how = self._how._replace(force=not self._how.force)
            self.redraw()

    def action_covered(self) -> None:
        """Whether what was lacking has come."""
        if self._plan.ok and self._plan.lacking:
            self._how = self._how._replace(covered=not self._how.covered)
            self.redraw()


async def ask_number(app: PantauApp, pile: Pile) -> None:
    """From the number to the outbox."""
    if not _may_write(app):
        return
    question = t("stock.set.question", name=name_of(pile))
    now = pile.first.available
    text = await app.push_screen_wait(
        Prompt(question, "" if now is None else str(now), longest=DIGITS, wrong=_wrong)
    )
    if text is None or (store := app.store) is None:
        return
    plan = await store.aread(lambda conn: plan_set(conn, pile, int(text)))
    await _ask(app, t("stock.set.title", name=name_of(pile)), plan)


async def ask_low(app: PantauApp, pile: Pile) -> None:
    """From how many free pieces on it counts as low; kept here, no platform is told, so nothing asks twice."""
    if not _may_write(app):
        return
    if all(shelf.product_id is None for shelf in pile.shelves):
        app.say(t("stock.held.no_product"), severity="warning")
        return
    usual, now = app.settings.stock.low, app.clock()
    question = t("stock.low_at.question", name=name_of(pile), n=number(usual))
    before = "" if pile.low_at is None else str(pile.low_at)
    text = await app.push_screen_wait(Prompt(question, before, longest=DIGITS, wrong=wrong_mark))
    if text is None or (store := app.store) is None:
        return
    mark = int(text) if text else None
    try:
        await store.awrite(lambda conn: set_low(conn, pile, mark, "seller", now))
    except Exception as error:  # told, never raised
        app.say(t("status.failed", detail=failure(error)), severity="error")
        return
    app.say(low_set(pile, mark, usual))


async def ask_level(app: PantauApp, pile: Pile) -> None:
    """Every shop of a shared pile to what is free."""
    if not pile.shared:
        app.say(t("stock.not_shared"), severity="warning")
        return
    if not _may_write(app) or (store := app.store) is None:
        return
    plan = await store.aread(lambda conn: plan_level(conn, pile))
    if not plan.ok and all(one.reason == "same" for one in plan.held):
        app.say(t("stock.level.same"))
        return
    await _ask(app, t("stock.level.title", name=name_of(pile)), plan)


async def _ask(app: PantauApp, title: str, plan: StockPlan) -> None:
    answer = await app.push_screen_wait(SetDialog(title, plan))
    store, now = app.store, app.clock()
    if answer is None or store is None:
        app.say(t("stock.nothing"))
        return

    def write(conn: Connection) -> str:
        return queue(conn, plan, "seller", now, force=answer.force, covered=answer.covered)

    try:
        await store.awrite(write)
    except Exception as error:  # told, never raised: what was not written down did not happen
        app.say(t("status.failed", detail=failure(error)), severity="error")
        return
    app.nudge("sender")
    app.say(t("stock.queued", n=len(plan.ok)))


def _may_write(app: PantauApp) -> bool:
    if app.read_only:
        app.say(t("why.read_only"), severity="warning")
    elif app.store is None:
        app.say(t("app.busy_starting"), severity="warning")
    else:
        return True
    return False


def _wrong(text: str) -> str:
    fits = text.isascii() and text.isdecimal() and int(text) <= MOST
    return "" if fits else t("stock.set.wrong", most=number(MOST))
