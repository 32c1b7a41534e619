"""What a kind of action is: how it reads its evidence, builds its request and understands the answer.

A kind is `resendable` only when the platform itself refuses a repeat for the same target, or takes a key that makes
it harmless; one that creates something never is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from jobs.outbox.rules import Answer, Evidence, Proof
from shop.errors import Kind as Proves
from shop.errors import ShopError, Verdict, classify, fact
from store.actions import Claimed

Client = Any
"""What a kind talks to; shop.client.ShopClient in the program."""


class Kind(Protocol):
    """One kind of action. `read` and `send` may raise anything: a failed read is evidence of nothing, and
    `failure` says what a failed send proves."""

    @property
    def resendable(self) -> bool:
        """Whether the platform itself refuses a repeat for the same target."""

    @property
    def batch(self) -> int:
        """How many targets with equal parameters one request may carry."""

    async def read(self, client: Client, row: Claimed, now: int) -> Evidence:
        """Look at the target; `now` is when the read begins (ms)."""

    def prepare(self, client: Client, rows: Sequence[Claimed], signed_at: int) -> Any:
        """Build and sign the request, once, with the time that was written ahead (ms)."""

    async def send(self, client: Client, prepared: Any, deadline: float) -> Any:
        """One attempt within `deadline` seconds."""

    def answers(self, client: Client, reply: Any, rows: Sequence[Claimed]) -> Mapping[str, Answer]:
        """What the reply proves, by target."""

    def failure(self, error: BaseException) -> Answer:
        """What it proves that the attempt ended in an exception."""

    def problem(self, error: BaseException) -> str:
        """A stable word for why a read failed."""


_PROOF: Final = {
    Proves.DONE: Proof.DONE,
    Proves.ALREADY: Proof.ALREADY,
    Proves.REFUSED: Proof.REFUSED,
    Proves.NOT_SENT: Proof.BUSY,
    Proves.AUTH: Proof.BLOCKED,
    Proves.CLOCK: Proof.BLOCKED,
    Proves.UNKNOWN: Proof.UNKNOWN,
    Proves.LOOK: Proof.UNKNOWN,
}


def answer_of(verdict: Verdict) -> Answer:
    """The platform's verdict as the outbox understands it; a refusal always has words."""
    known = None if verdict.code is None else fact(verdict.code)
    wait = None if verdict.retry_after is None else round(verdict.retry_after * 1_000)
    reason = verdict.message or (known.meaning.id if known else None)
    proof = _PROOF[verdict.kind]
    if reason is None and proof is Proof.REFUSED:
        reason = "refused"
    return Answer(proof, verdict.code, reason if proof is not Proof.DONE else None, wait, verdict.request_id)


class Usual:
    """What most kinds do alike: one target a request, one attempt, and the platform's own words for a failure."""

    batch = 1

    async def send(self, client: Client, prepared: Any, deadline: float) -> Any:
        """One attempt within `deadline` seconds."""
        return await client.send_prepared(prepared, deadline)

    def failure(self, error: BaseException) -> Answer:
        """What it proves that the attempt ended in an exception."""
        answer = answer_of(classify(error))
        return msgspec.structs.replace(answer, reason=answer.reason or self.problem(error))

    def problem(self, error: BaseException) -> str:
        """A stable word for why a read failed."""
        return error.word if isinstance(error, ShopError) else type(error).__name__


class _Others(msgspec.Struct):
    order_ids: tuple[str, ...] = ()


def touched(row: Claimed) -> set[str]:
    """The orders an action changes, which have to be read again when it ended: `order_ids` of its parameters, too.

    An action that is about no order changes none.
    """
    return {row.order_id, *msgspec.json.decode(row.params, type=_Others).order_ids} - {""}
