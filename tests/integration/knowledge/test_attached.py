"""A conversation's own files in its answers: beside the documents, there and nowhere else, kept for nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from store import attachment_passages, attachments
from store.attachment_passages import Content, Passage
from store.attachments import NewAttachment
from store.clock import FixedClock
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from store.pages import Region
from tests.fakes.embedder import BrokenEmbedder, LetterEmbedder
from tests.integration.knowledge.library import add_document
from tools.knowledge.attribution import attributed, cited
from tools.knowledge.cache import AnswerCache
from tools.knowledge.embedding import Embedder, Vectors
from tools.knowledge.model import SearchFilters
from tools.knowledge.service import KnowledgeService

AT = datetime(2026, 11, 21, tzinfo=UTC)
HOUSE = [
    (1, "Breakfast", "Breakfast is served from 7 to 10 in the morning. It is included in the price."),
    (2, "Parking", "Parking costs 12 euros per night. The gate closes at 11 PM."),
]
LETTER = [
    "Dear guest, your booking reference is Q7Z41. We look forward to your visit.",
    "Your room number is 214 on the second floor. The key lies in the drawer.",
]
MINE = "What is my room number?"


class Counting(LetterEmbedder):
    def __init__(self) -> None:
        self.questions = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.questions += 1
        return super().embed(texts)


@pytest.fixture
async def conversation(database: Database, identity: Identity) -> UUID:
    return await begin(database, identity)


@pytest.fixture
def knowledge(database: Database, clock: FixedClock) -> KnowledgeService:
    return KnowledgeService(database, clock, LetterEmbedder(), AnswerCache(database, clock))


async def begin(database: Database, identity: Identity) -> UUID:
    conversation = new_id()
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO conversations (id, tenant_id, channel, started_at, heard_at) "
            "VALUES (%s, %s, 'web', now(), now())",
            (conversation, identity.tenant_id),
        )
    return conversation


async def attach(
    database: Database,
    identity: Identity,
    conversation: UUID,
    pages: list[str] | None = None,
    *,
    name: str = "letter.pdf",
    embedder: Embedder | None = None,
) -> UUID:
    """A file of which this was read, a passage a page."""
    attachment, texts = new_id(), LETTER if pages is None else pages
    model = embedder or LetterEmbedder()
    new = NewAttachment(attachment, conversation, None, name, "application/pdf", 1, "x", str(attachment), AT)
    passages = [
        Passage(
            seq=number,
            page=number,
            label="",
            heading="",
            text=text,
            regions=[Region(0, len(text), (0.1, 0.1, 0.9, 0.2))],
            embedding=model.embed([text])[0].astype("<f4").tobytes(),
            embedding_model=model.name,
        )
        for number, text in enumerate(texts, start=1)
    ]
    async with database.transaction(identity) as connection:
        await attachments.insert(connection, identity, new)
        await attachment_passages.keep(
            connection, identity, attachment, Content("application/pdf", "page", len(texts), {}, [], passages)
        )
    return attachment


async def test_an_attached_letter_answers_in_its_conversation(
    knowledge: KnowledgeService, database: Database, identity: Identity, conversation: UUID
) -> None:
    await add_document(database, identity, "House rules", HOUSE, LetterEmbedder())
    attachment = await attach(database, identity, conversation)
    outcome = await knowledge.search(identity, MINE, conversation_id=conversation)
    assert outcome.answered
    card = outcome.results[0].citation(1)
    assert (card.source_type, card.document_id, card.title) == ("attachment", str(attachment), "letter.pdf")
    assert card.quote == "Your room number is 214 on the second floor."
    assert (card.page, card.boxes) == (2, [[0.1, 0.1, 0.9, 0.2]])
    assert card.image_url == f"/api/attachments/{attachment}/pages/2/image"
    told = attributed(cited(outcome.results[0], 1))
    assert told == 'According to the letter you sent, page 2: "Your room number is 214 on the second floor."'


async def test_the_documents_go_on_answering_beside_it(
    knowledge: KnowledgeService, database: Database, identity: Identity, conversation: UUID
) -> None:
    await add_document(database, identity, "House rules", HOUSE, LetterEmbedder())
    await attach(database, identity, conversation)
    outcome = await knowledge.search(identity, "What does parking cost?", conversation_id=conversation)
    assert outcome.answered
    assert outcome.results[0].citation(1).title == "House rules"


async def test_what_says_the_same_is_told_from_the_letter_first(
    knowledge: KnowledgeService, database: Database, identity: Identity, conversation: UUID
) -> None:
    text = HOUSE[1][2]
    await add_document(database, identity, "House rules", [(1, "", text)], LetterEmbedder())
    await attach(database, identity, conversation, [text])
    outcome = await knowledge.search(identity, "What does parking cost?", conversation_id=conversation)
    assert [one.chunk.is_attached for one in outcome.results] == [True, False]
    assert abs(outcome.results[0].relevance - outcome.results[1].relevance) <= 2


async def test_it_is_found_nowhere_else(
    knowledge: KnowledgeService,
    database: Database,
    identity: Identity,
    other_identity: Identity,
    conversation: UUID,
) -> None:
    await attach(database, identity, conversation)
    assert (await knowledge.search(identity, MINE, conversation_id=conversation)).answered
    await knowledge.aclose()
    elsewhere = await begin(database, identity)
    for asker, where, filters in (
        (identity, elsewhere, None),
        (identity, None, None),
        (identity, conversation, SearchFilters(language="en")),
        (other_identity, conversation, None),
        (other_identity, None, None),
    ):
        outcome = await knowledge.search(asker, MINE, conversation_id=where, filters=filters)
        assert outcome.results == ()
        assert outcome.refused


async def test_it_is_kept_neither_for_later_nor_ahead(
    knowledge: KnowledgeService, database: Database, identity: Identity, conversation: UUID
) -> None:
    await attach(database, identity, conversation)
    knowledge.prefetch(identity, MINE, conversation_id=conversation)
    assert (await knowledge.search(identity, MINE, conversation_id=conversation)).answered
    await knowledge.aclose()
    async with database.transaction(identity) as connection:
        rows = await (await connection.execute("SELECT outcome::text AS text FROM answer_cache")).fetchall()
    assert not [row for row in rows if "214" in row["text"]]


async def test_one_that_came_after_the_same_question_answers_it(
    knowledge: KnowledgeService, database: Database, identity: Identity, conversation: UUID
) -> None:
    knowledge.prefetch(identity, MINE, conversation_id=conversation)
    assert (await knowledge.search(identity, MINE, conversation_id=conversation)).refused
    attachment = await attach(database, identity, conversation)
    assert (await knowledge.search(identity, MINE, conversation_id=conversation)).answered
    await attachments.delete(database, identity, attachment)
    assert (await knowledge.search(identity, MINE, conversation_id=conversation)).refused


async def test_of_a_deleted_conversation_nothing_is_told(
    knowledge: KnowledgeService, database: Database, identity: Identity, conversation: UUID
) -> None:
    await attach(database, identity, conversation)
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE conversations SET deleted_at = now() WHERE id = %s", (conversation,))
    assert (await knowledge.search(identity, MINE, conversation_id=conversation)).refused


async def test_the_question_is_noted_without_a_document(
    knowledge: KnowledgeService, database: Database, identity: Identity, conversation: UUID
) -> None:
    await attach(database, identity, conversation)
    await knowledge.search(identity, MINE, conversation_id=conversation)
    await knowledge.aclose()
    async with database.transaction(identity) as connection:
        rows = await (await connection.execute("SELECT answered, document_id FROM knowledge_queries")).fetchall()
    assert rows == [{"answered": True, "document_id": None}]


@pytest.mark.parametrize("embedder", [None, BrokenEmbedder()])
async def test_words_alone_find_it(
    database: Database, identity: Identity, clock: FixedClock, conversation: UUID, embedder: Embedder | None
) -> None:
    await attach(database, identity, conversation)
    outcome = await KnowledgeService(database, clock, embedder).search(
        identity, "room number floor", conversation_id=conversation
    )
    assert outcome.results[0].quote == LETTER[1].split(". ")[0] + "."
    assert outcome.degraded


async def test_the_right_one_of_many_pages_is_told(
    knowledge: KnowledgeService, database: Database, identity: Identity, conversation: UUID
) -> None:
    pages = [f"Paragraph {number} is about the history of the old lighthouse." for number in range(120)]
    await attach(database, identity, conversation, [*pages, *LETTER], name="book.pdf")
    outcome = await knowledge.search(identity, MINE, conversation_id=conversation)
    assert outcome.results[0].chunk.page == 122
    assert outcome.results[0].chunk.page_count == 122


async def test_the_question_is_embedded_once_for_both(
    database: Database, identity: Identity, clock: FixedClock, conversation: UUID
) -> None:
    model = Counting()
    await attach(database, identity, conversation)
    outcome = await KnowledgeService(database, clock, model).search(identity, MINE, conversation_id=conversation)
    assert outcome.answered
    assert model.questions == 1


async def test_what_was_attached_last_is_read_first(database: Database, identity: Identity, conversation: UUID) -> None:
    await attach(database, identity, conversation, ["The history of the old lighthouse."] * 3, name="book.pdf")
    letter = await attach(database, identity, conversation)
    found, _ = await attachment_passages.of_conversation(database, identity, conversation, MINE, limit=2)
    assert {one.attachment_id for one in found} == {letter}


async def test_only_who_may_read_documents_asks(
    knowledge: KnowledgeService, database: Database, identity: Identity, conversation: UUID
) -> None:
    await attach(database, identity, conversation)
    caller = replace(identity, scopes=frozenset({"documents:read"}))
    assert (await knowledge.search(caller, MINE, conversation_id=conversation)).answered
