"""Time-ordered identifiers (UUID version 7, RFC 9562), so that rows made together lie together in an index."""

from __future__ import annotations

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """Return a UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | 7 << 76
    value = (value & ~(0x3 << 62)) | 2 << 62
    return UUID(int=value)
