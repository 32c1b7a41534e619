"""Papers: what was asked for, what has been made of it, and how often each label went to a printer.

One process at a time makes a paper: `claim` takes it for a while, and when that while is over without an end, the
next process makes it again. What has been handed to a printer is never printed again by itself: that it is about
to be is written down first (`about_to_print`), so a crash in between leaves a question for a person, not a second
stack of labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from store import changes
from store.bulk import insert_into, one_writer, table_of
from store.models import Change, Label, PaperJob
from store.paper_facts import KINDS, Missing, OnPaper, PaperContent, content_of, encode

__all__ = [
    "PRINT_UNSURE", "Kept", "Missing", "OnPaper", "PaperContent", "Wanted", "about_to_print", "again", "claim",
    "due", "failed", "fetched", "kept", "later", "not_printed", "printed", "printed_slips", "ready", "stretch", "tidy",
    "want",
]  # fmt: skip

_JOBS = table_of(PaperJob)
_LABELS = table_of(Label)
_CHANGES = table_of(Change)
_CHUNK: Final = 300
"""Labels asked for in one statement: each takes two parameters."""

PRINT_UNSURE: Final = "print_unsure"
"""It was about to be printed when the program ended: look at the printer before printing it again."""


class Wanted(msgspec.Struct, frozen=True):
    """A paper that is to be made now."""

    id: int
    kind: str
    size: str
    content: PaperContent
    printer: str | None
    attempts: int
    requested_by: str
    requested_at: int


class Kept(msgspec.Struct, frozen=True):
    """A label as it was fetched."""

    file: str | None
    sha256: str | None
    pages: int
    prints: int


def want(
    conn: Connection, kind: str, size: str, content: PaperContent, printer: str | None, by: str, now: int
) -> int:
    """Write a wish down; the answer is its row id. Raises ValueError for a kind nobody makes."""
    if kind not in KINDS:
        raise ValueError(f"no such paper: {kind}")
    one_writer(conn)
    row: dict[str, Any] = {
        "kind": kind,
        "size": size,
        "state": "wanted",
        "content": encode(content),
        "printer": printer or None,
    }
    row |= {"pages": 0, "attempts": 0, "due_at": now, "requested_by": by, "requested_at": now}
    return int(conn.execute(insert_into(conn, _JOBS).values(**row).returning(_JOBS.c.id)).scalar_one())


def due(conn: Connection, now: int) -> list[int]:
    """The papers to make now, the oldest wish first."""
    query = select(_JOBS.c.id).where(_JOBS.c.due_at.is_not(None), _JOBS.c.due_at <= now)
    return list(conn.execute(query.order_by(_JOBS.c.due_at, _JOBS.c.id)).scalars())


def state(conn: Connection, paper: int) -> str | None:
    """`wanted`, `ready`, `printed` or `failed`; None: there is no such paper."""
    return conn.execute(select(_JOBS.c.state).where(_JOBS.c.id == paper)).scalar_one_or_none()


def claim(conn: Connection, paper: int, now: int, until: int) -> Wanted | None:
    """Take a due paper until then; None when it is not due (any more), or somebody else has it."""
    one_writer(conn)
    mine = and_(_JOBS.c.id == paper, _JOBS.c.state == "wanted", _JOBS.c.due_at <= now)
    if not conn.execute(update(_JOBS).where(mine).values(due_at=until)).rowcount:
        return None
    row = conn.execute(
        select(*(_JOBS.c[name] for name in Wanted.__struct_fields__)).where(_JOBS.c.id == paper)
    ).one()
    told = dict(row._mapping)
    return Wanted(**(told | {"content": content_of(told["content"])}))


def stretch(conn: Connection, paper: int, until: int) -> None:
    """Still at work: keep it until then."""
    conn.execute(update(_JOBS).where(_JOBS.c.id == paper, _JOBS.c.state == "wanted").values(due_at=until))


def later(conn: Connection, paper: int, problem: str, due_at: int) -> None:
    """It could not be made now; another attempt comes then."""
    values = {"due_at": due_at, "problem": problem, "attempts": _JOBS.c.attempts + 1}
    conn.execute(update(_JOBS).where(_JOBS.c.id == paper).values(**values))


def ready(
    conn: Connection,
    paper: int,
    content: PaperContent,
    file: str,
    pages: int,
    missing: Sequence[Missing],
    now: int,
    by: str,
) -> None:
    """The file is there; `content` as it turned out, in the order it is printed."""
    values = {"state": "ready", "file": file, "pages": pages, "problem": None, "content": encode(content)}
    _end(conn, paper, values, missing, now, by)


def failed(conn: Connection, paper: int, problem: str, missing: Sequence[Missing], now: int, by: str) -> None:
    """Nothing can be made of it."""
    _end(conn, paper, {"state": "failed", "problem": problem}, missing, now, by)


def about_to_print(conn: Connection, paper: int, printer: str) -> bool:
    """Written before the printer is asked; whether the paper is there to be printed."""
    one_writer(conn)
    there = and_(_JOBS.c.id == paper, _JOBS.c.state.in_(("ready", "printed")), _JOBS.c.file.is_not(None))
    return bool(
        conn.execute(update(_JOBS).where(there).values(printer=printer, problem=PRINT_UNSURE)).rowcount
    )


def not_printed(conn: Connection, paper: int, problem: str) -> None:
    """The printer said no, for certain: the paper stays as it was."""
    conn.execute(update(_JOBS).where(_JOBS.c.id == paper).values(problem=problem))


def printed(conn: Connection, paper: int, now: int, by: str) -> None:
    """The printer took it: every label on it counts one more print, and each order's history says so."""
    one_writer(conn)
    columns = (_JOBS.c.kind, _JOBS.c.size, _JOBS.c.content, _JOBS.c.missing, _JOBS.c.printer)
    row = conn.execute(select(*columns).where(_JOBS.c.id == paper)).one()
    conn.execute(update(_JOBS).where(_JOBS.c.id == paper).values(state="printed", problem=None))
    absent = {one.package_id for one in _missing(row.missing)}
    parcels = [one for one in content_of(row.content).parcels if one.package_id not in absent]
    if row.kind == "label":
        for parcel in parcels:
            _count(conn, parcel, row.size, now)
    about = {"paper": paper, "kind": row.kind, "printer": row.printer}
    if not parcels:
        changes.append(
            conn, [(now, None, None, None, "paper.printed", None, row.kind, changes.detail(**about), by)]
        )
    changes.append(
        conn,
        [
            (now, parcel.shop_id, pk, order_id, "paper.printed", None, row.kind,
             changes.detail(**about, package_id=parcel.package_id), by)
            for parcel in parcels
            for pk, order_id in parcel.orders
        ],
    )  # fmt: skip


def again(conn: Connection, paper: int, printer: str | None, by: str, now: int) -> int | None:
    """The same wish once more (a reprint, another attempt), as a paper of its own; None when there is no such."""
    row = conn.execute(
        select(_JOBS.c.kind, _JOBS.c.size, _JOBS.c.content).where(_JOBS.c.id == paper)
    ).one_or_none()
    return None if row is None else want(conn, row.kind, row.size, content_of(row.content), printer, by, now)


def fetched(
    conn: Connection, shop_id: int, package_id: str, size: str, file: str, sha256: str, pages: int, now: int
) -> None:
    """A label came and lies in the paper folder."""
    told = {"file": file, "sha256": sha256, "pages": pages, "fetched_at": now}
    add = insert_into(conn, _LABELS).values(
        shop_id=shop_id, package_id=package_id, size=size, prints=0, **told
    )
    conn.execute(add.on_conflict_do_update(index_elements=["shop_id", "package_id", "size"], set_=told))


def kept(conn: Connection, parcels: Sequence[OnPaper], size: str) -> dict[tuple[int, str], Kept]:
    """What is known of these parcels' labels in one size, by (shop, package)."""
    found: dict[tuple[int, str], Kept] = {}
    columns = (_LABELS.c.shop_id, _LABELS.c.package_id, *(_LABELS.c[name] for name in Kept.__struct_fields__))
    for start in range(0, len(parcels), _CHUNK):
        some = parcels[start : start + _CHUNK]
        query = select(*columns).where(_LABELS.c.size == size, _any_of(some))
        found |= {(row[0], row[1]): Kept(*row[2:]) for row in conn.execute(query)}
    return found


def printed_slips(conn: Connection, parcels: Sequence[OnPaper]) -> dict[str, int]:
    """How often the slip of each package was printed: slips are drawn afresh, only the feed remembers them."""
    counted: dict[str, int] = {}
    pks = {parcel.orders[0][0] for parcel in parcels}
    for pk in pks:
        query = select(_CHANGES.c.detail).where(
            _CHANGES.c.order_pk == pk, _CHANGES.c.kind == "paper.printed", _CHANGES.c.new == "slip"
        )
        for text in conn.execute(query).scalars():
            package_id = msgspec.json.decode(text or "{}", type=_Told).package_id
            if package_id is not None:
                counted[package_id] = counted.get(package_id, 0) + 1
    return counted


def tidy(conn: Connection, before: int) -> list[str]:
    """Forget the files made before then; the answer is their names. The rows stay: they are the record."""
    one_writer(conn)
    names: list[str] = []
    for table, made_at in ((_LABELS, _LABELS.c.fetched_at), (_JOBS, _JOBS.c.done_at)):
        old = and_(table.c.file.is_not(None), made_at < before)
        names += conn.execute(select(table.c.file).where(old)).scalars()
        conn.execute(update(table).where(old).values(file=None))
    return names


class _Told(msgspec.Struct):
    package_id: str | None = None


def _missing(text: str | None) -> tuple[Missing, ...]:
    return msgspec.json.decode(text, type=tuple[Missing, ...]) if text else ()


def _end(
    conn: Connection, paper: int, told: dict[str, Any], missing: Sequence[Missing], now: int, by: str
) -> None:
    one_writer(conn)
    values = told | {"missing": encode(tuple(missing)), "due_at": None, "done_at": now}
    change = update(_JOBS).where(_JOBS.c.id == paper, _JOBS.c.state == "wanted").values(**values)
    kind = conn.execute(change.returning(_JOBS.c.kind)).scalar_one_or_none()
    if kind is None:
        return
    about = {"pages": told.get("pages"), "problem": told.get("problem"), "missing": len(missing)}
    detail = changes.detail(paper=paper, kind=kind, **about)
    word = "paper.made" if told["state"] == "ready" else "paper.failed"
    changes.append(conn, [(now, None, None, None, word, None, str(kind), detail, by)])


def _count(conn: Connection, parcel: OnPaper, size: str, now: int) -> None:
    add = insert_into(conn, _LABELS).values(
        shop_id=parcel.shop_id, package_id=parcel.package_id, size=size, pages=0, prints=1, printed_at=now
    )
    more = {"prints": _LABELS.c.prints + 1, "printed_at": now}
    conn.execute(add.on_conflict_do_update(index_elements=["shop_id", "package_id", "size"], set_=more))


def _any_of(parcels: Sequence[OnPaper]) -> ColumnElement[bool]:
    by_shop: dict[int, list[str]] = {}
    for parcel in parcels:
        by_shop.setdefault(parcel.shop_id, []).append(parcel.package_id)
    return or_(
        *(and_(_LABELS.c.shop_id == shop, _LABELS.c.package_id.in_(ids)) for shop, ids in by_shop.items())
    )
