"""Fixtures of the couriers' tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from couriers.http import CourierHttp


@pytest.fixture
async def http() -> AsyncIterator[CourierHttp]:
    """The real client, with a deadline a test can wait for."""
    async with CourierHttp(deadline=2.0) as client:
        yield client
