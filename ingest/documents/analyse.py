"""What a document is about, by itself: the analysis without the other documents. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ingest.documents.analysis.corpus import Corpus
from ingest.documents.analysis.keyless import draft, finish
from ingest.documents.model import Extracted


def analyse(found: Extracted) -> dict[str, Any]:
    """The JSON of an `Analysis`."""
    return finish(draft(found, datetime.now(UTC).date()), None, Corpus()).as_json()
