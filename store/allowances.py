"""How often something may happen: an Allowance, and the buckets in the database that all sidecars take from together.

GCRA (a token bucket without a counter): a bucket holds ``burst`` tokens and gets ``per_s`` of them back a second. Knows
nobody by name: a bucket is the hash of what the caller says it is for.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.database import Database

_TEXT = re.compile(r"([1-9][0-9]{0,6})/([1-9][0-9]{0,5})")
_SKEW = timedelta(minutes=10)  # clocks of sidecars differ; a bucket is forgotten when it is full for all of them


@dataclass(frozen=True, slots=True)
class Allowance:
    """``requests`` in ``seconds``: so many at once, and they come back evenly over that time."""

    requests: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Allowance | None:
        """`1200/60`, or `off` for None. Raises ValueError with what to write."""
        if text == "off":
            return None
        match = _TEXT.fullmatch(text)
        if match is None:
            raise ValueError("must be REQUESTS/SECONDS such as 1200/60, or off")
        return cls(int(match[1]), int(match[2]))

    @property
    def per_s(self) -> float:
        return self.requests / self.seconds


@dataclass(frozen=True, slots=True)
class Grant:
    """``granted`` tokens; ``remaining`` are left in the bucket; without any, one is there after ``retry_after_s``."""

    granted: int
    remaining: int
    retry_after_s: float


async def take(database: Database, what_for: str, wanted: int, allowance: Allowance, at: datetime) -> Grant:
    """Up to ``wanted`` tokens of the bucket for ``what_for``. Raises Unavailable."""
    bucket = hashlib.sha256(what_for.encode("utf-8", "surrogatepass")).hexdigest()
    async with database.system() as connection:
        row = await (
            await connection.execute(
                "SELECT granted, remaining, retry_after_s FROM take_allowance(%s, %s, %s, %s, %s)",
                (bucket, wanted, allowance.requests, allowance.per_s, at),
            )
        ).fetchone()
    return Grant(**row) if row else Grant(0, 0, 1.0)


async def forget_full(database: Database, at: datetime) -> None:
    """Remove the buckets that are full again: they are as good as new ones."""
    async with database.system() as connection:
        await connection.execute("SELECT forget_allowances(%s)", (at - _SKEW,))
