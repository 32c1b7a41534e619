"""What the sender may do next with one action: the rules of docs/outbox.md as pure functions.

Nothing here reads a clock, a database or a socket. A row, what a read of the platform showed (or what the
platform answered) and the time go in; the next state and its due time come out. All times are epoch
milliseconds UTC, all durations milliseconds.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, Protocol

import msgspec

from store.times import HOUR, MINUTE, SECOND


class State(StrEnum):
    """The states of an action; docs/outbox.md draws the arrows."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    NEEDS_PERSON = "needs_person"


FINAL: Final = frozenset({State.DONE, State.REFUSED, State.CANCELLED, State.NEEDS_PERSON})
"""States the sender never touches again."""


class Proof(StrEnum):
    """What an answer to a write proves about its effect."""

    DONE = "done"
    ALREADY = "already"
    """The platform says the effect exists; a read must confirm it before we do."""
    REFUSED = "refused"
    """A business rule said no; nothing happened."""
    NOT_SENT = "not_sent"
    """No byte reached the platform."""
    BUSY = "busy"
    """The gateway turned it away for now (rate limit); nothing happened."""
    BLOCKED = "blocked"
    """The gateway refused it (signature, time, token, rights); nothing happened."""
    UNKNOWN = "unknown"
    """It may have happened."""


class Seen(StrEnum):
    """What one read of the target shows."""

    DONE = "done"
    NOT_DONE = "not_done"
    """Says little alone: a replica may lag."""
    IMPOSSIBLE = "impossible"
    """The target is gone (cancelled): the action can never happen any more."""
    UNREADABLE = "unreadable"
    """The read failed; it is evidence of nothing."""


class Evidence(msgspec.Struct, frozen=True):
    """One read of the platform, stored with the row as proof of what we say."""

    seen: Seen
    at: int
    """When the read began: what it shows is not newer than this."""
    status: str | None = None
    """The platform's own word for the target's state."""
    tracking_number: str | None = None
    problem: str | None = None
    """Why the target could not be read, or why the action is impossible, in a stable word."""


class Answer(msgspec.Struct, frozen=True):
    """The classified answer to one write, for one target."""

    proof: Proof
    code: int | None = None
    reason: str | None = None
    retry_after: int | None = None
    """The platform's own wish, in ms."""
    request_id: str | None = None


class Row(Protocol):
    """What the rules need to know of an action."""

    @property
    def state(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def reads(self) -> int: ...
    @property
    def signed_at(self) -> int | None: ...
    @property
    def requested_at(self) -> int: ...


class Next(msgspec.Struct, frozen=True):
    """The verdict on a row. `State.SENDING` means: it may be signed and sent now."""

    state: State
    due_at: int | None = None
    reads: int = 0
    """Reads after the quiet time that said "not done", so far."""
    code: int | None = None
    reason: str | None = None
    """A stable word of ours (`attempts_used_up`, ...) or the platform's own sentence."""
    evidence: Evidence | None = None
    request_id: str | None = None
    uncount: bool = False
    """The send certainly did nothing and is taken off the row's attempts again."""


class SenderSettings(msgspec.Struct, frozen=True):
    """How long a signed request can live, and what follows from it. All in ms."""

    validity: int = 300 * SECOND
    """How long the platform accepts a timestamp (error 36009004 afterwards)."""
    settle: int = 60 * SECOND
    """Queue inside the platform plus the lag of its reads."""
    skew: int = 10 * SECOND
    """How far two clocks may differ."""
    max_attempts: int = 5
    """Counted sends of one action before a person is asked; what counts, `after_answer` says."""

    @property
    def quiet(self) -> int:
        """How long after signing a request may still take effect, or its effect may still be invisible."""
        return self.validity + self.settle + self.skew

    @property
    def lease(self) -> int:
        """How long a claim lasts. Orphaned work is taken up when it lapses, within the quiet time."""
        return min(60 * SECOND, max(self.quiet, _SHORTEST))

    @property
    def deadline(self) -> int:
        """Total time one request may take; half a lease at most, so that its result can still be used."""
        return min(20 * SECOND, self.lease // 2)

    def scaled(self, ms: int) -> int:
        """A wait that suits the default quiet time, shortened in proportion when ours is shorter."""
        return max(_SHORTEST, min(ms, ms * self.quiet // _USUAL_QUIET))


_SHORTEST: Final = 50
_USUAL_QUIET: Final = 370 * SECOND
READ_AT: Final = (2 * SECOND, 5 * SECOND, 15 * SECOND, 45 * SECOND)
"""When, after signing, a doubtful action is read again; then each minute."""
READS_NEEDED: Final = 2


def quiet_until(signed_at: int, settings: SenderSettings) -> int:
    """Before this moment nothing proves that a signed request will not take effect."""
    return signed_at + settings.quiet


def next_read(signed_at: int, now: int, settings: SenderSettings) -> int:
    """The next moment of the read schedule after `now`."""
    for step in READ_AT:
        if signed_at + settings.scaled(step) > now:
            return signed_at + settings.scaled(step)
    return now + settings.scaled(MINUTE)


def pause(row: Row, now: int, settings: SenderSettings) -> int:
    """How long to leave a row alone after a failure that proves nothing happened: a quarter of its age."""
    return min(max((now - row.requested_at) // 4, settings.scaled(2 * SECOND)), settings.scaled(MINUTE))


def before_send(row: Row, seen: Evidence, now: int, settings: SenderSettings) -> Next:
    """A queued row was claimed and its target read: send, settle or wait."""
    if settled := _settled(seen):
        return settled
    if seen.seen is Seen.UNREADABLE:
        return Next(State.QUEUED, now + pause(row, now, settings), reason=seen.problem)
    if row.signed_at is not None and now < quiet_until(row.signed_at, settings):
        # A signature of ours may still be under way: nobody may make a second one yet.
        return Next(State.QUEUED, quiet_until(row.signed_at, settings))
    return Next(State.SENDING)


def after_answer(row: Row, answer: Answer, now: int, settings: SenderSettings) -> Next:
    """A request was sent (or could not be): what its answer proves decides.

    `row.attempts` includes this send. One that certainly did nothing, and that only has to be made later, takes
    itself off the count again: however busy the platform and however bad the line, nobody has to look at that.
    """

    def go(state: State, due_at: int | None = None) -> Next:
        return Next(state, due_at, code=answer.code, reason=answer.reason, request_id=answer.request_id)

    match answer.proof:
        case Proof.DONE:
            return go(State.DONE)
        case Proof.REFUSED:
            return go(State.REFUSED)
        case Proof.ALREADY:
            return go(State.UNKNOWN, now)
        case Proof.NOT_SENT | Proof.BUSY:
            later = go(State.QUEUED, now + (answer.retry_after or pause(row, now, settings)))
            return msgspec.structs.replace(later, uncount=True)
        case Proof.BLOCKED if row.attempts >= settings.max_attempts:
            return go(State.NEEDS_PERSON)
        case Proof.BLOCKED:
            return go(State.QUEUED, now + pause(row, now, settings))
        case Proof.UNKNOWN:
            signed_at = now if row.signed_at is None else row.signed_at
            return go(State.UNKNOWN, next_read(signed_at, now, settings))


def after_read(row: Row, seen: Evidence, now: int, settings: SenderSettings, *, resendable: bool) -> Next:
    """A row whose request may have taken effect (`unknown`, or `sending` with a dead owner) was read."""
    if settled := _settled(seen):
        return settled
    signed_at = row.requested_at if row.signed_at is None else row.signed_at
    again = next_read(signed_at, now, settings)
    if seen.seen is Seen.UNREADABLE:
        if now >= signed_at + give_up(settings):
            return Next(State.NEEDS_PERSON, reason="unreadable", evidence=seen)
        return Next(State.UNKNOWN, again, reads=row.reads, evidence=seen)
    if seen.at < quiet_until(signed_at, settings):
        # The first read that counts is the one at the end of the quiet time, not a minute later.
        return Next(State.UNKNOWN, min(again, quiet_until(signed_at, settings)), evidence=seen)
    reads = row.reads + 1
    if reads < READS_NEEDED:
        return Next(State.UNKNOWN, now + settings.scaled(2 * SECOND), reads=reads, evidence=seen)
    if not resendable:
        return Next(State.NEEDS_PERSON, reason="not_resendable", evidence=seen)
    if row.attempts >= settings.max_attempts:
        return Next(State.NEEDS_PERSON, reason="attempts_used_up", evidence=seen)
    return Next(State.QUEUED, now, evidence=seen)


def give_up(settings: SenderSettings) -> int:
    """How long a doubtful action whose target cannot be read stays with us before a person is asked."""
    return max(settings.quiet * 2, settings.scaled(24 * HOUR))


def overdue_since(now: int, settings: SenderSettings) -> int:
    """The age alarm: an unfinished action asked for before this moment is said aloud."""
    return now - 2 * settings.quiet


def _settled(seen: Evidence) -> Next | None:
    if seen.seen is Seen.DONE:
        return Next(State.DONE, evidence=seen)
    if seen.seen is Seen.IMPOSSIBLE:
        return Next(State.REFUSED, reason=seen.problem or "target_cancelled", evidence=seen)
    return None
