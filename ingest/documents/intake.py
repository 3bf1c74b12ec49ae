"""Looks at an upload's bytes while they pass: size, hash, kind; stops at the first that must not be kept."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

from ingest.documents.encodings import looks_like_text
from ingest.documents.kinds import HEAD_BYTES, is_wide_text, type_of_head
from ingest.documents.model import BadDocument
from ingest.errors import UnsupportedType
from store.errors import Invalid, TooLarge

_UNSUPPORTED = {"unsupported_type", "mislabelled", "binary_content", "polyglot"}


class Intake:
    """``limit`` in bytes. ``content_type`` and ``sha256`` are known once everything passed."""

    def __init__(self, filename: str, limit: int) -> None:
        self.content_type = ""
        self._filename = filename
        self._limit = limit
        self._hash = hashlib.sha256()
        self._is_utf16 = False

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    async def checked(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """The same bytes. Raises Invalid (empty), TooLarge, UnsupportedType."""
        size, head = 0, b""
        async for chunk in chunks:
            size += len(chunk)
            if size > self._limit:
                raise TooLarge(f"The file is larger than {self._limit // (1024 * 1024)} MB.", code="file_too_large")
            self._hash.update(chunk)
            if self.content_type:
                self._check_text(chunk)
                yield chunk
                continue
            head += chunk
            if len(head) >= HEAD_BYTES:
                self._take(head)
                self._check_text(head)
                yield head
        if not size:
            raise Invalid("The file is empty.", code="empty_file")
        if not self.content_type:
            self._take(head)
            yield head

    def _take(self, head: bytes) -> None:
        self._is_utf16 = is_wide_text(head[:HEAD_BYTES])
        try:
            self.content_type = type_of_head(head[:HEAD_BYTES], self._filename)
        except BadDocument as error:
            kind = UnsupportedType if error.code in _UNSUPPORTED else Invalid
            raise kind(error.message, code=error.code) from error

    def _check_text(self, chunk: bytes) -> None:
        if not self.content_type.startswith("text/") or self._is_utf16 or looks_like_text(chunk):
            return
        raise UnsupportedType("This is no text: it holds binary data.", code="binary_content")
