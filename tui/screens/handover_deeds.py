"""What scans and answers do at the hand-over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from store.times import SECOND
from tui import handover_words
from tui.screens import handover_paper
from tui.screens.handover_steps import Steps
from tui.screens.handover_work import WRONG, HandoverWork
from tui.screens.lines import plain
from tui.strings import t
from tui.widgets.handover_desk import Desk, Page, Stop

if TYPE_CHECKING:
    from jobs.handover.manifests import Closing, Verdict
    from tui.app import PantauApp

REPEAT: Final = 2 * SECOND
"""A scanner held a moment too long reads the same code twice."""


class HandoverDeeds(HandoverWork):
    """The screen without its look and its keys."""

    def __init__(self, app: PantauApp, desk: Desk) -> None:
        super().__init__(app, desk)
        self._steps = Steps(desk, app.clock)
        self._last = ("", 0)
        """The last code that was taken, and when."""

    # ---- scanning ---------------------------------------------------------------------------------------

    def scanned(self, code: str) -> None:
        """A code was scanned or typed: its order is looked at when its turn comes."""
        if self._pantau.cramped:
            self._say(t("handover.too_small"), "bold $error", WRONG)
        else:
            self._queue(lambda: self._take_up(code), self._taken)

    def _take_up(self, code: str) -> Any:
        desk, now = self.desk, self._pantau.clock()
        if desk.stops:
            self._say(t("handover.refused", code=plain(code, handover_words.CODE)), "bold", WRONG)
            return None
        if self._last[0] == code and now - self._last[1] < REPEAT:
            self._say(t("handover.same", number=plain(code, 40)), "$text-muted")
            return None
        desk.question = None  # who scans on has not said yes
        return self._steps.scan(code)

    def _taken(self, verdict: Verdict) -> None:
        desk, now, parcel = self.desk, self._pantau.clock(), verdict.parcel
        if verdict.manifest_id is not None and verdict.courier is not None:
            name = parcel.courier_name if parcel is not None else None
            if desk.page is not Page.SCAN or desk.courier != verdict.courier:
                desk.choose(verdict.courier, name)
            desk.only(verdict.manifest_id)
            desk.newest()
        if verdict.stop is not None:
            desk.stop(_stop(verdict, self._steps.scanned_at))
            self._ring(WRONG)
            return
        if there := handover_words.stands(verdict, desk.zone):
            mild = verdict.warning == "on_manifest"
            self._say(there, "$warning" if mild else "bold $warning", 1 if mild else WRONG)
            return
        number = plain(parcel.tracking_number or parcel.package_id, 64) if parcel is not None else ""
        self._last = (verdict.code, now)
        self._pantau.nudge("handover")
        if verdict.warning is not None:
            self._say(t(f"handover.{verdict.warning}", number=number), "bold $warning", 2)
        else:
            asks = parcel is None or parcel.has_platform
            self._say(
                t("handover.scanned" if asks else "handover.scanned.file", number=number), "$success", 1
            )

    def too_fast(self, text: str) -> None:
        """Neither a key nor a code."""
        self._say(t("handover.too_fast", text=plain(text, handover_words.CODE)), "$warning")

    # ---- what is asked ----------------------------------------------------------------------------------

    def _answer(self, yes: bool) -> None:
        desk = self.desk
        question, desk.question = desk.question, None
        if yes and question is not None:
            getattr(self, f"_yes_{question}")()
        self.redraw()

    def _yes_remove(self) -> None:
        parcel = self.desk.parcel
        if parcel is not None:
            number = plain(parcel.tracking_number or parcel.package_id, 64)
            told = t("handover.removed", number=number)
            self._queue(lambda: self._steps.remove(parcel), lambda answer: self._say(told, "$warning"))

    def _yes_accept(self) -> None:
        late, name = self.desk.late(self._pantau.clock()), plain(self.desk.by, 40)

        def done(n: int) -> None:
            self._say(t("handover.accepted", n=n, name=name), "bold $warning", 1)

        self._queue(lambda: self._steps.accept(late), done)

    def _yes_again(self) -> None:
        code = self.desk.stops[0].number
        self.desk.stops.clear()
        self._queue(lambda: self._steps.scan(code, again=True), self._taken)

    def _yes_close(self) -> None:
        self._queue(self._steps.close, self._sealed)

    def _sealed(self, closing: Closing) -> None:
        desk = self.desk
        if closing.digest is None or desk.manifest is None:
            self._ring(WRONG)  # what had to be stopped shows itself
            return
        told = t("handover.closed.done", number=desk.manifest.number, n=desk.count("on"))
        desk.go(Page.CLOSED)
        self._say(told, "bold $success", 1)
        self._paper(printing=False)

    def _paper(self, *, printing: bool) -> None:
        if (manifest := self.desk.manifest) is not None:

            async def run() -> None:
                words, style = await handover_paper.made(self._pantau, manifest.id, printing=printing)
                self._say(words, style)

            self.run_worker(run(), group="paper", exit_on_error=False)


def _stop(verdict: Verdict, at: int) -> Stop:
    """What a person has to take out of their hand."""
    parcel, there = verdict.parcel, verdict.standing
    if parcel is None:
        return Stop(verdict.stop or "", verdict.code)
    return Stop(
        verdict.stop or "",
        parcel.tracking_number or parcel.package_id,
        parcel.orders[0].order_id if parcel.orders else "",
        courier=handover_words.courier(parcel.courier, parcel.courier_name),
        manifest=there.number if there is not None else "",
        at=None if there is None else there.closed_at or there.scanned_at,
        # On the manifest it stands as stopped since this moment: the next look need not tell it again.
        key=(parcel.package_id, at) if verdict.manifest_id is not None else None,
    )
