"""The kinds of action. A table, so that another kind is one more entry and the sender stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from jobs.outbox.kinds.answers import Respond
from jobs.outbox.kinds.base import Client, Kind
from jobs.outbox.kinds.cancel import Cancel
from jobs.outbox.kinds.message import Send
from jobs.outbox.kinds.repack import Combine, CorrectNumber, Split, Uncombine
from jobs.outbox.kinds.ship import Ship
from jobs.outbox.kinds.stock import SetStock

__all__ = ["KINDS", "Client", "Kind"]

KINDS: Final[Mapping[str, Kind]] = {
    "ship": Ship(),
    "cancel": Cancel(),
    "approve": Respond(approve=True),
    "reject": Respond(approve=False),
    "split": Split(),
    "combine": Combine(),
    "uncombine": Uncombine(),
    "correct": CorrectNumber(),
    "stock": SetStock(),
    "message": Send(),
}
"""By the `kind` of the outbox's rows."""
