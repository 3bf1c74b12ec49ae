"""What a tenant's assistant knows already: its ready documents, as far as an analysis needs them. Reads, never writes.

Bounded: of each document a line, of those that may have to do with the new one their text, at most `MOST_CHARACTERS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from ingest.documents.analysis.fingerprint import likeness
from store.database import Database
from store.identity import Identity
from store.pages import Heading, Page

MOST_DOCUMENTS = 5_000
MOST_CHARACTERS = 600_000
_READ = 60  # documents whose text is read


@dataclass(frozen=True, slots=True)
class Known:
    """One ready document. ``written_at``: when its file says it was last changed, else when it came."""

    id: UUID
    series_id: UUID
    version: int
    title: str
    filename: str
    category: str
    tags: tuple[str, ...]
    language: str
    summary: str
    fingerprint: str
    characters: int
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Corpus:
    """``texts``: pages of the documents nearest to the new one, nearest first. ``kinds``: those of the personas."""

    documents: tuple[Known, ...] = ()
    texts: tuple[tuple[Known, tuple[Page, ...]], ...] = ()
    kinds: tuple[str, ...] = ()


async def known(database: Database, identity: Identity, document_id: UUID) -> tuple[list[Known], list[str]]:
    """(the ready documents but this one, newest first; the kinds of the personas)."""
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT id, series_id, version, title, filename, category, tags, language, "
                "coalesce(analysis->>'summary', '') AS summary, coalesce(analysis->>'fingerprint', '') AS fingerprint, "
                "coalesce((analysis->>'character_count')::int, 0) AS characters, metadata, created_at "
                "FROM documents WHERE status = 'ready' AND id <> %s ORDER BY created_at DESC, id LIMIT %s",
                (document_id, MOST_DOCUMENTS),
            )
        ).fetchall()
        personas = await (await connection.execute("SELECT DISTINCT kind FROM personas ORDER BY kind")).fetchall()
    return [_known(row) for row in rows], [row["kind"] for row in personas]


async def texts(
    database: Database, identity: Identity, documents: Sequence[Known], *, most: int = MOST_CHARACTERS
) -> list[tuple[Known, tuple[Page, ...]]]:
    """The pages of these, in this order, until ``most`` characters are read."""
    chosen: list[Known] = []
    left = most
    for one in documents[:_READ]:
        if chosen and one.characters > left:
            continue
        chosen.append(one)
        left -= one.characters
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT document_id, number, left(text, 20000) AS text, headings FROM pages "
                "WHERE document_id = ANY(%s) AND number <= 300 ORDER BY document_id, number",
                ([one.id for one in chosen],),
            )
        ).fetchall()
    pages: dict[UUID, list[Page]] = {one.id: [] for one in chosen}
    left = most
    for row in rows:
        left -= len(row["text"])
        if left >= 0:
            headings = tuple(Heading(**one) for one in row["headings"])
            pages[row["document_id"]].append(Page(row["number"], row["text"], headings))
    return [(one, tuple(pages[one.id])) for one in chosen if pages[one.id]]


def nearest(
    documents: Sequence[Known], fingerprint: str, title: str, tags: Sequence[str], category: str
) -> list[Known]:
    """Those most likely to say something about the same things, first; by shared text, title, tags and kind."""
    shared = likeness(fingerprint, [one.fingerprint for one in documents])
    words = {word for tag in tags for word in tag.lower().split()}
    named = set(title.lower().split())

    def score(place: int) -> float:
        one = documents[place]
        own = {word for tag in one.tags for word in tag.lower().split()}
        titles = set(one.title.lower().split())
        return (
            4 * shared[place]
            + len(named & titles) / max(1, len(named | titles))
            + len(words & own) / max(1, min(len(words), len(own)))
            + (0.3 if category and one.category == category else 0.0)
        )

    return [documents[place] for place in sorted(range(len(documents)), key=lambda place: (-score(place), place))]


def _known(row: dict[str, Any]) -> Known:
    said = row["metadata"].get("modified_at") or row["metadata"].get("created_at")
    return Known(
        id=row["id"],
        series_id=row["series_id"],
        version=row["version"],
        title=row["title"],
        filename=row["filename"],
        category=row["category"],
        tags=tuple(row["tags"]),
        language=row["language"],
        summary=row["summary"],
        fingerprint=row["fingerprint"],
        characters=row["characters"],
        written_at=instant(said) or row["created_at"],
    )


def instant(said: Any) -> datetime | None:
    """An aware instant of what a file says, or None."""
    try:
        found = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return found if found.tzinfo else None
