"""A file's bytes to what stands in them: looked for malware, looked into, read. Value to value; moves no row.

Blocking and untrusted work happens in threads and killable children of the modules called here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from ingest.documents.kinds import HEAD_BYTES, type_of_head
from ingest.documents.model import BadDocument, Extracted, Limits
from ingest.documents.sandbox import extract


@dataclass(frozen=True, slots=True)
class Reading:
    """``inspection``: {types, scanned_by, findings}, as it is kept beside the document."""

    content_type: str
    found: Extracted
    inspection: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Reader:
    """How files are read in this installation."""

    limits: Limits = field(default_factory=Limits)

    async def inspect(self, content: bytes, filename: str) -> tuple[str, dict[str, Any]]:
        """The content type of the whole file, and what was looked for. Raises BadDocument."""
        if not content:
            raise BadDocument("The file is empty.", code="empty_file")
        content_type = type_of_head(content[:HEAD_BYTES], filename)
        return content_type, {"types": {"ours": content_type}}

    async def extract(
        self, content: bytes, content_type: str, inspection: dict[str, Any], progress: Callable[[float], None]
    ) -> Reading:
        """The text with its places. Raises BadDocument."""
        found = await extract(content, content_type, self.limits)
        progress(1.0)
        findings = [asdict(one) for one in found.findings]
        return Reading(content_type, found, {**inspection, "findings": findings})
