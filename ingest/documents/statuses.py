"""The kinds of job and the statuses of a document between them. Values only: the web process needs no more of stages.

``stages.py`` is the one that moves documents through them; ``inbox.py`` begins, decides and takes back.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Any, Final

from store.documents import Document

ANALYSE: Final = "analyse_document"
INDEX: Final = "index_document"
INGEST: Final = "ingest_document"
BEFORE_ANALYSIS: Final = frozenset({"received", "inspecting", "extracting", "analysing"})
MOST_ATTEMPTS: Final = 3
CANCELLED: Final = {"code": "cancelled", "detail": "Somebody cancelled this. Analyse it again to go on."}


def is_of_another(status: str, others: Set[str]) -> bool:
    """Whether a document has this status for another of its jobs: ``others`` are the kinds of those under way."""
    return not others.isdisjoint({INDEX, INGEST} if status == "indexing" else {ANALYSE, INGEST})


def without_job(
    document: Document, status_before: str, others: Set[str] = frozenset()
) -> tuple[str, dict[str, Any] | None]:
    """The status, and error, that a document has again when its job is cancelled."""
    if is_of_another(document.status, others):
        return document.status, document.error
    if document.status == "indexing":
        return ("replaced" if status_before == "replaced" else "awaiting_confirmation"), None
    if document.status not in BEFORE_ANALYSIS:
        return document.status, document.error
    if status_before in {"awaiting_confirmation", "rejected"}:
        return status_before, None
    return "failed", CANCELLED
