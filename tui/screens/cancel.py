"""Cancel as the seller: the reasons that fit, what each does to the shop's rate, one `y`.

A reason must be chosen first. The plans are made off the event loop from what is stored, one for each reason; `y`
writes down the one that is shown and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from textual.binding import Binding, BindingType
from textual.content import Content

from store.views import OrderRow
from tui.goods import goods
from tui.reasons import failure, reason
from tui.request_words import rate_words, refund_words
from tui.screens.cancel_look import CancelLook, Choice, look_at, reason_word
from tui.screens.dialog import Dialog
from tui.screens.lines import entry, heading, keys, plain
from tui.screens.run_results import RunResults
from tui.screens.ship import short
from tui.strings import money, t

if TYPE_CHECKING:
    from jobs.aftersales.cancel_plans import CancelHeld, CancelLine, CancelPlan, FaultRate
    from tui.app import PantauApp

    Given = CancelPlan | Literal["answer"]

SHOWN: Final = 6
"""Orders shown, and held-back ones, before `h` shows them all."""
_PRINTED: Final = 2
"""From this step of a parcel on there is something to take back (jobs/parcel_steps.py)."""


class CancelDialog(Dialog["Given"]):
    """Answers with the plan to carry out, or `answer`: the buyer asks for it, so answer that; None: do nothing."""

    HOLDS_NEWS = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", show=False),
        Binding("h", "all", show=False),
        Binding("r", "answer", show=False),
        *(Binding(str(digit), f"pick({digit})", show=False) for digit in range(1, 10)),
    ]

    def __init__(self, look: CancelLook, zone: tzinfo) -> None:
        super().__init__()
        self._look = look
        self._zone = zone
        self._reason: str | None = None
        self._all = False

    @property
    def _choice(self) -> Choice | None:
        return next((one for one in self._look.choices if one.reason == self._reason), None)

    @property
    def _held(self) -> Sequence[CancelHeld]:
        return self._look.held if self._choice is None else self._choice.plan.held

    @property
    def _lines(self) -> Sequence[CancelLine]:
        """The orders that would be cancelled; before a reason is chosen, those that the first one fits."""
        choice = self._choice or next(iter(self._look.choices), None)
        return () if choice is None else choice.plan.ok

    @property
    def _asked(self) -> bool:
        return any(held.reason == "buyer_asks" for held in self._held)

    def title_text(self) -> Content:
        """Which order, or how many."""
        n, held = len(self._lines), len(self._held)
        if self._look.orders == 1:
            order = self._lines[0].order_id if self._lines else self._held[0].order_id
            return heading(t("cancel.title", order=order))
        return heading(t("cancel.title.held" if held else "cancel.title.many", n=n, held=held))

    def body_text(self) -> Content:
        """The reasons and what each costs, the orders, what is held back and why."""
        return Content("\n").join([*self._reasons(), *self._each(), *self._held_back()])

    def _reasons(self) -> Iterator[Content]:
        look = self._look
        if not look.choices:
            yield Content.styled(t("cancel.nothing"), "$warning")
            return
        yield from entry("", t("cancel.not_asked"), self.room, style="$text-muted")
        yield heading(t("cancel.reasons"))
        alike = len({one.plan.rates for one in look.choices}) == 1
        for place, one in enumerate(look.choices, 1):
            here = one.reason == self._reason
            words = [reason_word(one), t("fault.counts" if one.fault else "fault.free")]
            if len(one.plan.ok) < look.orders:
                words.append(t("cancel.some", n=len(one.plan.ok), of=look.orders))
            lead = f"{'▌' if here else ' '} {place}  "
            yield from entry(lead, " · ".join(words), self.room, style="bold" if here else "")
            if not alike or place == len(look.choices):
                for rate in one.plan.rates:
                    yield from self._rate(one, rate)

    def _rate(self, choice: Choice, rate: FaultRate) -> Iterator[Content]:
        words = [rate_words(rate)]
        if rate.shop_id in choice.caps:
            at, orders = choice.caps[rate.shop_id]
            key = (
                "cancel.under_target"
                if orders < 0
                else "cancel.next_cap"
                if orders
                else "cancel.next_cap.stop"
            )
            words.append(t(key, share=share(at), orders=orders))
        worse = rate.added and rate.after is not None and rate.after >= rate.target
        yield from entry("     ", " · ".join(words), self.room, style="$error" if worse else "$text-muted")

    def _each(self) -> Iterator[Content]:
        lines = self._lines
        if not lines:
            return
        yield heading(t("cancel.all"))
        shown = lines if self._all else lines[:SHOWN]
        for line in shown:
            total = money(line.total, line.currency)
            about = [plain(line.buyer, 24), plain(goods(line.summary), 60), "" if line.refund else total]
            yield from entry(f"  {plain(line.order_id, 40)}  ", " · ".join(filter(None, about)), self.room)
            if line.refund is not None:
                back = t("cancel.money", amount=total)
                words = " · ".join((back, refund_words(line.refund, self._zone)))
                yield from entry("      ", words, self.room, style="$text-muted")
            if line.step >= _PRINTED:
                yield from entry(
                    "      ", t("cancel.parcels", steps=_steps(line)), self.room, style="bold $error"
                )
        if len(lines) > len(shown):
            yield Content.styled("  " + t("cancel.more", n=len(lines) - len(shown)), "$text-muted")

    def _held_back(self) -> Iterator[Content]:
        held = self._held
        if held:
            yield heading(t("cancel.held"))
        shown = held if self._all else held[:SHOWN]
        for one in shown:
            yield from entry(f"  {short(one.order_id)}  ", self._why(one), self.room, style="$warning")
        if len(held) > len(shown):
            yield Content.styled("  " + t("cancel.more", n=len(held) - len(shown)), "$text-muted")

    def _why(self, held: CancelHeld) -> str:
        named = {one.reason: reason_word(one) for one in self._look.choices}
        if held.choices:
            told = {"choices": ", ".join(named.get(key, key) for key in held.choices)}
            return t("held.reason_unfit", given=named.get(self._reason or "", ""), **told)
        return reason(held, self._zone)

    def keys_text(self) -> Content:
        """What is still missing, or that it cannot be undone, and the keys that do something here."""
        choice, lines = self._choice, self._lines
        phrases = [t("cancel.key.digit")] if self._look.choices else []
        said: list[Content] = []
        if choice is not None and lines:
            phrases.insert(0, t("cancel.key.yes", n=len(lines)))
            told = {"reason": reason_word(choice)}
            words = t("cancel.irreversible", n=len(lines), **told)
            if len(lines) == 1:
                words = t("cancel.irreversible.order", order=lines[0].order_id, **told)
            said += entry("", words, self.room, style="bold $error")
        elif self._look.choices:
            said += entry("", t("cancel.choose"), self.room, style="$text-muted")
        if self._asked:
            phrases.append(t("cancel.key.answer"))
        if max(len(lines), len(self._held)) > SHOWN:
            phrases.append(t("cancel.key.less" if self._all else "cancel.key.all"))
        return Content("\n").join([*said, keys([*phrases, t("cancel.key.back")], self.room)])

    def action_pick(self, digit: int) -> None:
        """Choose a reason by its number; nothing happens yet."""
        if digit <= len(self._look.choices):
            self._reason = self._look.choices[digit - 1].reason
            self.redraw()

    def action_yes(self) -> None:
        """The one answer that cancels; without a reason it does nothing."""
        if self._choice is not None and self._lines:
            self.dismiss(self._choice.plan)

    def action_all(self) -> None:
        """Every order, or the short form again."""
        self._all = not self._all
        self.redraw()

    def action_answer(self) -> None:
        """Where the buyer asks for it himself: answer that instead, which costs the seller nothing."""
        if self._asked:
            self.dismiss("answer")


def share(value: float) -> str:
    """`2,1 %`, as people read it here."""
    return f"{value * 100:.1f}".replace(".", ",") + "%"


def _steps(line: CancelLine) -> str:
    words = []
    for one in line.parcels:
        if one.step >= _PRINTED:
            step = t(f"step.{int(one.step)}")
            words.append(f"{step} ({plain(one.manifest, 40)})" if one.manifest else step)
    return ", ".join(dict.fromkeys(words))


def open_cancel(app: PantauApp, rows: Sequence[OrderRow]) -> None:
    """Plan, ask, queue, follow: for these orders, by id."""
    app.run_worker(
        _flow(app, list(rows)),
        group="cancel",
        exclusive=True,
        exit_on_error=False,
        description="cancel orders",
    )


async def _flow(app: PantauApp, rows: list[OrderRow]) -> None:
    from jobs.aftersales.answers import queue_cancel

    store, pks = app.store, [row.pk for row in rows]
    if store is None:
        app.say(t("app.busy_starting"), severity="warning")
        return
    now = app.clock()
    try:
        look = await store.aread(lambda conn: look_at(conn, pks, now, app.settings))
        if not (look.choices or look.held):
            return  # they are gone
        app.clear_notifications()  # nothing may lie over what has to be read
        answer = await app.push_screen_wait(CancelDialog(look, app.zone))
        if answer is None:
            return
        if answer == "answer":
            from tui.screens.answer import open_answer

            open_answer(app, rows)
            return
        at = app.clock()
        batch = await store.awrite(lambda conn: queue_cancel(conn, answer, "seller", at))
    except Exception as error:  # told, never raised: what was not written down did not happen
        app.say(t("status.failed", detail=failure(error)), severity="error")
        return
    app.unmark({line.pk for line in answer.ok})
    app.nudge("sender")
    app.push_screen(RunResults([batch], t("cancel.results")))
