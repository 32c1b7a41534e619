"""What the answer dialog knows and says; its keys are in tui/screens/answer_dialog.py.

It holds ids, reason keys and links, never places in a list.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING, Final, Literal

from textual.containers import VerticalScroll
from textual.content import Content

from store.request_facts import Picture
from tui import asked
from tui.reasons import reason
from tui.screens.dialog import Dialog
from tui.screens.lines import entry, heading, keys
from tui.screens.request_lines import (
    SHOWN,
    Look,
    clock_line,
    consequences,
    decision_word,
    fact_lines,
    link_line,
    links,
    proof_unread,
)
from tui.strings import t, word
from tui.text import clean

if TYPE_CHECKING:
    from jobs.aftersales.answer_plans import AnswerChoice, AnswerLine

    Given = tuple[Look, AnswerChoice] | Literal["skip"]

Mode = Literal["view", "reject", "other", "links"]
"""The request itself, or a list of what can be chosen."""

OFFER: Final = "OFFER_PARTIAL_REFUND"
LOW: Final = 18
"""Lines from which the dialog has room for a border."""
RECEIVE: Final = "APPROVE_RECEIVED_PACKAGE"


class AnswerView(Dialog["Given"]):
    """A request as it was read, and what is chosen for it so far."""

    DEFAULT_CSS = """
    AnswerView.-low > Vertical { width: 100%; max-width: 100%; max-height: 100%; border: none; }
    """
    VERTICAL_BREAKPOINTS = [(0, "-low"), (LOW, "-high")]

    def __init__(
        self,
        look: Look,
        zone: tzinfo,
        clock: Callable[[], int],
        *,
        place: tuple[int, int] = (1, 1),
        again: Callable[[], Awaitable[Look | None]] | None = None,
    ) -> None:
        """`place`: which of how many requests; `again` reads this one anew."""
        super().__init__()
        self._look = look
        self._zone = zone
        self._clock = clock
        self._place = place
        self._again = again
        self._mode: Mode = "view"
        self._at: dict[Mode, str] = {}
        """What is chosen in each list, by its id: a reason, a decision, a link."""
        self._comment = ""
        self._offer: int | None = None
        self._every = False
        self._changed = False
        """The request is not as it was read any more."""
        self._painted = ""
        self._scrolls = False
        """The request is longer than its room: the keys say how to see the rest."""

    # ---- what it knows -------------------------------------------------------------------------------------

    @property
    def _late(self) -> bool:
        until = self._look.row.deadline_at
        return self._look.row.next_action is not None and until is not None and until <= self._clock()

    @property
    def _links(self) -> list[Picture]:
        return links(self._look.row)

    def _ids(self) -> list[str]:
        match self._mode:
            case "reject":
                return [one.name for one in self._look.reasons]
            case "other":
                return list(self._look.others)
            case "links":
                return [one.url for one in self._links]
            case _:
                return []

    @property
    def _here(self) -> str | None:
        return self._at.get(self._mode)

    @property
    def _line(self) -> AnswerLine | None:
        """What `y` would do here; None while something is missing."""
        look = self._look
        match self._mode:
            case "view":
                return look.lines.get(look.approve or "")
            case "reject" if self._here is not None:
                return look.lines.get(look.reject or "")
            case "other" if self._here != OFFER or self._offer is not None:
                return look.lines.get(self._here or "")
        return None

    def redraw(self) -> None:
        """Show it anew; what does not fit is known once it is laid out."""
        super().redraw()
        self.call_after_refresh(self._measure)

    def _measure(self) -> None:
        for body in self.query("#body").results(VerticalScroll):
            # The phrase only ever takes room from the body, so this settles after one turn.
            if (body.max_scroll_y > 0) != self._scrolls:
                self._scrolls = not self._scrolls
                self.redraw()

    # ---- what is shown -------------------------------------------------------------------------------------

    def title_text(self) -> Content:
        """Which request, and its clock."""
        at, of = self._place
        name = " · ".join((asked.kind(self._look.row), word("request", self._look.row.status)))
        title = t("answer.title", kind=name) if of < 2 else t("answer.title.of", at=at, n=of, kind=name)
        lines = [heading(title), clock_line(self._look.row, self._clock(), self._zone)]
        if self._changed:
            lines += entry("", t("answer.changed"), self.room, style="bold $error")
        self._painted = str(lines[1])
        return Content("\n").join(lines)

    def body_text(self) -> Content:
        """The request, or the list of what can be chosen."""
        match self._mode:
            case "reject":
                lines = self._reject_lines()
            case "other":
                lines = self._other_lines()
            case "links":
                lines = self._link_lines()
            case _:
                lines = fact_lines(self._look, self._zone, self.room, every=self._every)
        return Content("\n").join(lines)

    def _reject_lines(self) -> Iterator[Content]:
        look = self._look
        held = look.held.get(look.reject or "")
        if held is not None or not look.reasons:
            why = reason(held, self._zone) if held is not None else t("held.reasons_unread")
            yield from entry("", t("answer.no_reject", why=why), self.room, style="$warning")
            return
        yield heading(t("answer.pick.reason"))
        for place, one in enumerate(look.reasons, 1):
            yield from self._item(place, one.name, clean(one.text, limit=300) or clean(one.name, limit=120))
        if self._comment:
            yield from entry("", t("answer.comment", text=self._comment), self.room)
        if (line := look.lines.get(look.reject or "")) is not None:
            yield from consequences(line, self._zone, self.room)

    def _other_lines(self) -> Iterator[Content]:
        look = self._look
        yield heading(t("answer.pick.other"))
        if not look.others:
            yield Content.styled(t("answer.pick.other.none"), "$text-muted")
        for place, name in enumerate(look.others, 1):
            held = look.held.get(name)
            said = decision_word(name) + (f": {reason(held, self._zone)}" if held is not None else "")
            yield from self._item(place, name, said, possible=held is None)
        if self._here == OFFER and self._offer is not None:
            yield from entry("", self._offer_words(), self.room, style="bold")
        if self._here != OFFER and (line := self._line) is not None:
            yield from consequences(line, self._zone, self.room)

    def _offer_words(self) -> str:
        row = self._look.row
        told = {"amount": asked.amount(row, self._offer), "limit": asked.amount(row)}
        return t("answer.offer" if row.amount is not None else "answer.offer.open", **told)

    def _link_lines(self) -> Iterator[Content]:
        yield heading(t("answer.pick.link"))
        for place, one in enumerate(self._links, 1):
            bar = "▌" if one.url == self._here else " "
            yield link_line(place, one, self.room - 2, f"{bar} ")

    def _item(self, place: int, name: str, words: str, *, possible: bool = True) -> Iterator[Content]:
        here = name == self._here
        lead = f"{'▌' if here else ' '} {place if place < 10 else ' '}  "
        style = "bold" if here else "" if possible else "$text-muted"
        return entry(lead, words, self.room, style=style)

    def keys_text(self) -> Content:
        """The question `y` answers, and the keys that do something here."""
        line = self._line
        ready = line is not None and not self._changed and not self._late
        phrases = self._phrases(ready)
        offered = keys(phrases, self.room)
        if not ready or line is None:
            return offered
        question = entry("", self._question(line), self.room, style="bold $warning")
        return Content("\n").join([*question, offered])

    def _question(self, line: AnswerLine) -> str:
        told = {"decision": decision_word(line.decision), "order": line.row.order_id}
        if self._mode == "reject":
            named = {one.name: one.text for one in self._look.reasons}
            why = clean(named.get(self._here or ""), limit=160) or clean(self._here, limit=120)
            return t("answer.question.reject", **told, reason=why)
        if line.decision == OFFER:
            return t("answer.question.offer", **told, amount=asked.amount(line.row, self._offer))
        if line.amount is not None:
            later = line.refund is not None and line.refund.soonest is None
            key = "answer.question.later" if later else "answer.question.money"
            return t(key, **told, amount=asked.amount(line.row, line.amount))
        return t("answer.question.refund" if line.refund is not None else "answer.question", **told)

    def _phrases(self, ready: bool) -> list[str]:
        look, said = self._look, []
        many = len(self._links)
        if self._mode == "view":
            if ready:
                said.append(t("answer.key.receive" if look.approve == RECEIVE else "answer.key.approve"))
            if look.lines and look.reject:
                said.append(t("answer.key.reject"))
            if self._scrolls:
                said.append(t("answer.key.scroll"))
            if look.others:
                said.append(t("answer.key.other"))
            if many:
                said += [t("answer.key.links", n=many), t("answer.key.open")]
            if self._long:
                said.append(t("answer.key.less" if self._every else "answer.key.all"))
            if self._place[0] < self._place[1]:
                said.append(t("answer.key.skip"))
        elif self._mode == "links":
            said += [t(f"answer.key.{key}") for key in ("copy", "copy_all", "open.this")]
        else:
            if ready:
                said.append(t("answer.key.send"))
            said.append(t("answer.key.pick"))
            if self._mode == "reject" and look.reasons:
                said.append(t("answer.key.comment"))
            if self._mode == "other" and self._here == OFFER:
                said.append(t("answer.key.amount"))
        if self._changed or self._unread:
            said.append(t("answer.key.again"))
        return [*said, t("answer.key.back")]

    @property
    def _long(self) -> bool:
        row = self._look.row
        records = row.proof.records if row.proof is not None else ()
        return max(len(row.detail.lines), len(records), *(len(one.pictures) for one in records), 0) > SHOWN

    @property
    def _unread(self) -> bool:
        row, held = self._look.row, self._look.held.get(self._look.reject or "")
        return proof_unread(row) or (held is not None and held.reason == "reasons_unread")
