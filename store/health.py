"""How each job is doing: when it last went well, what is wrong since when, and when it runs next."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from store import changes
from store.bulk import insert_into, one_writer, table_of
from store.models import JobHealth

_HEALTH = table_of(JobHealth)


def ok(conn: Connection, job: str, shop: str, now: int, next_at: int | None = None) -> None:
    """A run went well; the end of a trouble goes into the feed. `shop`: empty for a job of the program."""
    values = {"last_ok_at": now, "failing_since": None, "problem": None, "detail": None, "next_at": next_at}
    before = _store(conn, job, shop, values)
    if before is not None and before.failing_since is not None:
        _tell(conn, "job.recovered", before.problem, None, now, job=job, shop=shop)


def failed(
    conn: Connection,
    job: str,
    shop: str,
    problem: str,
    detail: str | None,
    now: int,
    next_at: int | None = None,
) -> None:
    """A run went wrong. `problem`: a stable code the screen words; the feed hears of it once."""
    before = _read(conn, job, shop)
    since = before.failing_since if before is not None and before.failing_since is not None else now
    values = {"failing_since": since, "problem": problem, "detail": detail, "next_at": next_at}
    _store(conn, job, shop, values)
    known = None if before is None else before.problem
    if known != problem:
        _tell(conn, "job.failed", known, problem, now, job=job, shop=shop, detail=detail)


def warn(
    conn: Connection,
    job: str,
    shop: str,
    problem: str,
    detail: str | None,
    now: int,
    next_at: int | None = None,
) -> None:
    """A run went well, but something is about to go wrong; a trouble that was there has ended."""
    values = {
        "last_ok_at": now,
        "failing_since": None,
        "problem": problem,
        "detail": detail,
        "next_at": next_at,
    }
    before = _store(conn, job, shop, values)
    if before is not None and before.failing_since is not None:
        _tell(conn, "job.recovered", before.problem, None, now, job=job, shop=shop)


def _read(conn: Connection, job: str, shop: str) -> Any:
    one_writer(conn)
    return conn.execute(select(_HEALTH).where(_HEALTH.c.job == job, _HEALTH.c.shop == shop)).one_or_none()


def _store(conn: Connection, job: str, shop: str, values: dict[str, Any]) -> Any:
    before = _read(conn, job, shop)
    add = insert_into(conn, _HEALTH).values(job=job, shop=shop, **values)
    conn.execute(add.on_conflict_do_update(index_elements=["job", "shop"], set_=values))
    return before


def _tell(
    conn: Connection, kind: str, old: str | None, new: str | None, now: int, **about: str | None
) -> None:
    changes.append(conn, [(now, None, None, None, kind, old, new, changes.detail(**about), "job")])
