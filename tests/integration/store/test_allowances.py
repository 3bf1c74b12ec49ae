"""Buckets of tokens in the database: what a clock that was wrong for a while may do to them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from store import allowances
from store.allowances import Allowance
from store.database import Database

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("ahead", [timedelta(minutes=1), timedelta(hours=1), timedelta(days=365)])
async def test_a_clock_that_ran_ahead_locks_nobody_out_for_longer_than_a_full_bucket_takes(
    database: Database, ahead: timedelta
) -> None:
    ten_a_minute = Allowance(10, 60)
    await allowances.take(database, "bucket", 1, ten_a_minute, AT + ahead)
    at_worst = await allowances.take(database, "bucket", 1, ten_a_minute, AT)
    assert at_worst.retry_after_s <= 6  # the time one token takes
    assert (await allowances.take(database, "bucket", 1, ten_a_minute, AT + timedelta(seconds=6))).granted == 1
    assert (await allowances.take(database, "bucket", 10, ten_a_minute, AT + timedelta(seconds=66))).granted == 10
