"""Whether reading a file may take minutes: such jobs wait for each other, and nobody's letter waits for them. Pure."""

from __future__ import annotations

from ingest.documents.model import AUDIO, IMAGES

_LONG_BYTES = 1024 * 1024


def takes_long(content_type: str, size_bytes: int, *, is_waited_for: bool = False) -> bool:
    """``is_waited_for``: somebody is talking about it, so that a single picture, some seconds, is let through."""
    if content_type in IMAGES:
        return not is_waited_for
    return content_type in AUDIO or size_bytes > _LONG_BYTES
