"""What the seller keeps beside the orders: tags, notes, saved batches. Short edits, each in its caller's transaction.

The tag `tahan` (HOLD) holds an order back: plans of confirming and shipping refuse it (jobs/wishes/plans.py).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from store import changes, search
from store.bulk import one_writer, table_of
from store.models import BatchOrder, Note, Order, SavedBatch, UiState
from store.reading.desk import KNOWN_TAGS
from store.status import HOLD
from store.ui_state import put

__all__ = (
    "BATCH_LIMIT", "HOLD", "NAME_LIMIT", "NOTE_LIMIT", "TAGS_LIMIT", "TAG_LIMIT", "NameTakenError", "add_tags",
    "drop_batch", "drop_tags", "known_of", "note_of", "save_batch", "set_note", "set_tags", "tag_of", "tags_of",
)  # fmt: skip

TAG_LIMIT: Final = 24
"""Signs of a tag."""
TAGS_LIMIT: Final = 12
"""Tags of an order."""
KNOWN_LIMIT: Final = 40
"""Tags remembered for choosing from, the one used last first."""
NOTE_LIMIT: Final = 2_000
"""Signs of a note."""
NAME_LIMIT: Final = 40
"""Signs of a batch's name."""
BATCH_LIMIT: Final = 5_000
"""Orders of a batch."""

_ORDERS: Final = table_of(Order)
_NOTES: Final = table_of(Note)
_BATCHES: Final = table_of(SavedBatch)
_MEMBERS: Final = table_of(BatchOrder)
_STATE: Final = table_of(UiState)
_CHUNK: Final = 500
"""Values in one IN list: both databases cap them, SQLite lowest."""
_SHOWN: Final = 200
"""Signs of a note that its line in the feed holds; the whole stands in its table."""


class NameTakenError(ValueError):
    """A batch of this name is there already."""


def tag_of(text: str) -> str:
    """The tag a person means: `#` left out, small letters, blanks and underscores as `-`.

    Raises ValueError for text that holds nothing but signs, or is longer than TAG_LIMIT.
    """
    plain = unicodedata.normalize("NFC", text).strip().lstrip("#").casefold()
    kept = ["-" if sign.isspace() or sign == "_" else sign for sign in plain]
    tag = "".join(sign for sign in kept if sign.isalnum() or sign in "-.+").strip("-.+")
    if not tag or len(tag) > TAG_LIMIT:
        raise ValueError("not a tag")
    return tag


def add_tags(conn: Connection, pks: Sequence[int], tags: Iterable[str], by: str, now: int) -> list[int]:
    """Put tags on orders; the answer is the orders that did not have all of them.

    An order keeps at most TAGS_LIMIT; `tahan` finds room always. Raises ValueError for what is no tag.
    """
    wanted = list(dict.fromkeys(tag_of(tag) for tag in tags))
    touched = _edit(conn, pks, wanted, (), by, now)
    if wanted:
        _remember(conn, wanted)
    return touched


def drop_tags(conn: Connection, pks: Sequence[int], tags: Iterable[str], by: str, now: int) -> list[int]:
    """Take tags off orders; the answer is the orders that had one of them. Raises ValueError as add_tags."""
    return _edit(conn, pks, (), [tag_of(tag) for tag in tags], by, now)


def set_tags(conn: Connection, before: dict[int, str], by: str, now: int) -> list[int]:
    """Give orders the tags (as stored) they had before: what an undo does."""
    touched = []
    for pk, stored in sorted(before.items()):
        had, has = _split(stored), tags_of(conn, [pk]).get(pk, ())
        plus, minus = [tag for tag in had if tag not in has], [tag for tag in has if tag not in had]
        touched += _edit(conn, [pk], plus, minus, by, now)
    return touched


def tags_of(conn: Connection, pks: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of orders; one that is gone is left out."""
    found = {}
    for some in _chunks(pks):
        for pk, stored in conn.execute(select(_ORDERS.c.id, _ORDERS.c.tags).where(_ORDERS.c.id.in_(some))):
            found[pk] = _split(stored)
    return found


def note_of(conn: Connection, pk: int) -> str:
    """The note on an order; empty when there is none."""
    query = select(_NOTES.c.text).where(_NOTES.c.order_pk == pk).order_by(_NOTES.c.id.desc()).limit(1)
    return conn.execute(query).scalar_one_or_none() or ""


def set_note(conn: Connection, pk: int, text: str, by: str, now: int) -> bool:
    """Write the note of an order, an empty one takes it away; False when it says so already or the order is gone.

    Every edition stays in the table: the history of an order can be told to the platform.
    """
    one_writer(conn)
    said = _storable(text).strip()[:NOTE_LIMIT]
    old = note_of(conn, pk)
    order = conn.execute(
        select(_ORDERS.c.shop_id, _ORDERS.c.order_id).where(_ORDERS.c.id == pk)
    ).one_or_none()
    if order is None or said == old:
        return False
    conn.execute(insert(_NOTES).values(order_pk=pk, at=now, by=by, text=said))
    row = (now, order.shop_id, pk, order.order_id, "order.noted", old[:_SHOWN] or None, said[:_SHOWN] or None)
    changes.append(conn, [(*row, None, by)])
    search.refresh(conn, pk)
    return True


def save_batch(
    conn: Connection, name: str, pks: Sequence[int], by: str, now: int, *, replace: bool = False
) -> int:
    """Keep orders under a name; the answer is the batch's id. Nothing happens to the orders themselves.

    Raises NameTakenError for a name in use unless `replace`, ValueError for no name, no orders or too many.
    """
    one_writer(conn)
    named = " ".join(_storable(name).split())[:NAME_LIMIT].strip()
    members = list(dict.fromkeys(pks))
    if not named or not members or len(members) > BATCH_LIMIT:
        raise ValueError("no name, no orders, or too many")
    if conn.execute(select(_BATCHES.c.id).where(_BATCHES.c.name == named)).first() is not None:
        if not replace:
            raise NameTakenError(named)
        drop_batch(conn, named)
    made = conn.execute(insert(_BATCHES).values(name=named, at=now, by=by).returning(_BATCHES.c.id))
    batch = int(made.scalar_one())
    conn.execute(insert(_MEMBERS), [{"batch_id": batch, "order_pk": pk} for pk in members])
    return batch


def drop_batch(conn: Connection, name: str) -> bool:
    """Forget a batch; its orders stay as they are."""
    one_writer(conn)
    batch = conn.execute(select(_BATCHES.c.id).where(_BATCHES.c.name == name)).scalar_one_or_none()
    if batch is None:
        return False
    conn.execute(delete(_MEMBERS).where(_MEMBERS.c.batch_id == batch))
    conn.execute(delete(_BATCHES).where(_BATCHES.c.id == batch))
    return True


def _edit(
    conn: Connection, pks: Sequence[int], plus: Sequence[str], minus: Sequence[str], by: str, now: int
) -> list[int]:
    if not pks or not (plus or minus):
        return []
    one_writer(conn)
    touched, feed = [], []
    columns = (_ORDERS.c.id, _ORDERS.c.shop_id, _ORDERS.c.order_id, _ORDERS.c.tags)
    for some in _chunks(list(dict.fromkeys(pks))):
        for pk, shop_id, order_id, stored in conn.execute(
            select(*columns).where(_ORDERS.c.id.in_(some)).order_by(_ORDERS.c.id)
        ).all():
            old = _split(stored)
            new = _fit([*(tag for tag in old if tag not in minus), *(tag for tag in plus if tag not in old)])
            if new == old:
                continue
            conn.execute(update(_ORDERS).where(_ORDERS.c.id == pk).values(tags=",".join(new)))
            told = changes.detail(
                added=[tag for tag in new if tag not in old] or None,
                dropped=[tag for tag in old if tag not in new] or None,
            )
            feed.append((now, shop_id, pk, order_id, "order.tagged", None, None, told, by))
            touched.append(pk)
    changes.append(conn, feed)
    for pk in touched:
        search.refresh(conn, pk)
    return touched


def _storable(text: str) -> str:
    """Without what no store holds: NUL and halves of signs."""
    return text.replace("\x00", "").encode(errors="replace").decode()


def _fit(tags: Sequence[str]) -> tuple[str, ...]:
    kept = tags[:TAGS_LIMIT]
    if HOLD in tags and HOLD not in kept:
        kept = [*kept[:-1], HOLD]
    return tuple(kept)


def _split(stored: str) -> tuple[str, ...]:
    return tuple(filter(None, stored.split(",")))


def _remember(conn: Connection, used: Sequence[str]) -> None:
    stored = conn.execute(select(_STATE.c.value).where(_STATE.c.key == KNOWN_TAGS)).scalar_one_or_none()
    known = list(dict.fromkeys([*used, *known_of(stored)]))[:KNOWN_LIMIT]
    put(conn, KNOWN_TAGS, msgspec.json.encode(known).decode())


def known_of(stored: str | None) -> list[str]:
    """The remembered tags as KNOWN_TAGS holds them; none when somebody else wrote there."""
    try:
        return msgspec.json.decode(stored or "[]", type=list[str])
    except (msgspec.DecodeError, UnicodeError):
        return []


def _chunks(pks: Sequence[int]) -> Iterable[Sequence[int]]:
    return (pks[start : start + _CHUNK] for start in range(0, len(pks), _CHUNK))
