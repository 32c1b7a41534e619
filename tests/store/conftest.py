"""Fixtures of the store's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.store.store_kit import Db

if TYPE_CHECKING:
    from store.db import Store


@pytest.fixture
def db(store: Store) -> Db:
    """An empty store with one shop."""
    return Db(store)
