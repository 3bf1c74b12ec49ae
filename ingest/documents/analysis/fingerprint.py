"""A document's text as 128 numbers whose equal ones tell how much two texts share (MinHash of shingles). Pure.

Two texts that share the part j of their shingles agree in about j of the numbers (± 0.09). Stored beside the document.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np

from ingest.documents.sentences import words_of
from store.pages import Page

HASHES = 128
_SHINGLE = 5
_MOST = 150_000  # shingles of one document
_PRIME = np.uint64((1 << 61) - 1)
_random = np.random.Generator(np.random.PCG64(20261121))
_FACTORS = _random.integers(1, 2**32, HASHES, dtype=np.uint64)
_SHIFTS = _random.integers(0, 2**32, HASHES, dtype=np.uint64)


def shingles(pages: Sequence[Page]) -> frozenset[int]:
    """Hashes of every five words that follow each other; of very long texts every n-th by value."""
    words = [word.lower() for page in pages for word in words_of(page.text)]
    size = min(_SHINGLE, max(1, len(words)))
    coded = [zlib.crc32(word.encode()) for word in words]
    values = np.array(coded, dtype=np.uint64)
    if not len(values):
        return frozenset()
    mixed = np.zeros(len(values) - size + 1, dtype=np.uint64)
    for place in range(size):
        mixed = (mixed * np.uint64(1_000_003)) ^ values[place : len(values) - size + 1 + place]
    found = np.unique(mixed)
    if len(found) > _MOST:
        found = found[:_MOST]
    return frozenset(int(one) for one in islice(found.tolist(), _MOST))


def fingerprint(found: frozenset[int]) -> str:
    """As text for the database; empty for a text without words."""
    if not found:
        return ""
    values = np.fromiter(sorted(found), dtype=np.uint64) % np.uint64(2**32)
    least = np.full(HASHES, np.iinfo(np.uint32).max, dtype=np.uint64)
    for start in range(0, len(values), 4096):
        block = values[start : start + 4096]
        hashed = (block[:, None] * _FACTORS[None, :] + _SHIFTS[None, :]) % _PRIME % np.uint64(2**32)
        least = np.minimum(least, hashed.min(axis=0))
    return base64.b64encode(least.astype("<u4").tobytes()).decode()


def likeness(one: str, others: Sequence[str]) -> list[float]:
    """About how much of both texts is shared (0-1); 0 for those without a fingerprint."""
    mine = _numbers(one)
    return [float((mine == _numbers(other)).mean()) if one and other else 0.0 for other in others]


def _numbers(text: str) -> Any:
    try:
        numbers = np.frombuffer(base64.b64decode(text), dtype="<u4")
    except ValueError:
        numbers = np.zeros(0, dtype="<u4")
    return numbers if len(numbers) == HASHES else np.zeros(HASHES, dtype="<u4")
