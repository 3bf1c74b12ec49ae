"""What takes long waits beside everybody's letters, not among them."""

from __future__ import annotations

import pytest

from ingest.documents.model import JPEG, MP3, PDF
from ingest.jobs.length import takes_long


@pytest.mark.parametrize(
    ("content_type", "size", "as_document", "in_conversation"),
    [
        (PDF, 20_000, False, False),
        (PDF, 2_000_000, True, True),
        (MP3, 20_000, True, True),
        (JPEG, 3_000_000, True, False),
    ],
)
def test_kind_and_size_say_so(content_type: str, size: int, as_document: bool, in_conversation: bool) -> None:
    assert takes_long(content_type, size) is as_document
    assert takes_long(content_type, size, is_waited_for=True) is in_conversation
