"""stub"""

from __future__ import annotations
from collections.abc import Sequence
from ingest.documents.analysis.model import Contradiction
from ingest.documents.analysis.parsed import Sentence


def within(sentences: Sequence[Sentence], title: str) -> tuple[Contradiction, ...]:
    return ()


from ingest.documents.analysis.corpus import Known
from store.pages import Page


def find(
    sentences: Sequence[Sentence], title: str, language: str, others: Sequence[tuple[Known, Sequence[Page]]]
) -> tuple[Contradiction, ...]:
    return ()
