"""Token pairs: one refresh at a time, and the pair that works is never lost."""

from __future__ import annotations

import pytest

from store import tokens
from store.tokens import Sealed
from tests.store.store_kit import NOW, Db


def lease(db: Db, owner: str, *, now: int = NOW, ms: int = 60_000) -> int | None:
    return db(tokens.lease, db.shop, owner, now, ms)


def test_one_refreshes_the_others_wait(db: Db) -> None:
    assert db(tokens.load, db.shop) is None

    fence = lease(db, "one")
    assert fence is not None
    assert lease(db, "two") is None
    assert lease(db, "one") is None, "two tasks of one process are two"

    assert db(tokens.save, db.shop, fence, b"pair", "env", NOW + 5)
    assert db(tokens.load, db.shop) == Sealed(b"pair", "env", NOW + 5, fence)
    assert lease(db, "two") == fence + 1


def test_a_failed_refresh_lets_others_try(db: Db) -> None:
    fence = lease(db, "one")
    assert fence is not None

    db(tokens.release, db.shop, fence)

    assert lease(db, "two") == fence + 1


def test_a_lease_ends_with_its_owner(db: Db) -> None:
    if db.store.dialect == "postgresql":
        pytest.skip("leases run by the server's clock there")
    lease(db, "dead", ms=10)

    assert lease(db, "two", now=NOW + 9) is None
    assert lease(db, "two", now=NOW + 10) is not None


def test_a_late_refresh_is_kept_unless_a_later_pair_is_there(db: Db) -> None:
    slow = lease(db, "slow", ms=0)
    fast = lease(db, "fast")
    assert slow is not None
    assert fast is not None
    db(tokens.release, db.shop, fast)
    db(tokens.replace, db.shop, b"login", "env", NOW)

    # The platform has forgotten the pair before: dropping this one would end in a new login.
    assert db(tokens.save, db.shop, slow, b"late", "env", NOW + 10)
    assert not db(tokens.save, db.shop, fast, b"older", "env", NOW + 5)
    assert not db(tokens.save, db.shop, fast, b"no expiry", "env", None)
    found = db(tokens.load, db.shop)
    assert found is not None
    assert found.sealed == b"late"


def test_a_login_takes_the_lease_from_a_refresh(db: Db) -> None:
    fence = lease(db, "one")
    assert fence is not None

    db(tokens.replace, db.shop, b"login", "env", NOW + 9)

    assert not db(tokens.save, db.shop, fence, b"refreshed", "env", NOW + 5)
    assert db(tokens.load, db.shop) == Sealed(b"login", "env", NOW + 9, fence + 1)
