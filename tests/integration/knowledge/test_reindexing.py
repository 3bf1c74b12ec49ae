"""Another model for what a tenant knows: the old one answers until the new one has everything."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from ingest.reindexing import Reindexer
from store import jobs, knowledge_indexes
from store.clock import FixedClock
from store.database import Database
from store.errors import Conflict
from store.identity import Identity
from tests.fakes.embedder import LetterEmbedder
from tests.fakes.openai_embeddings import FakeEmbeddings
from tests.integration.knowledge.library import add_document
from tools.knowledge.embedding import Vectors
from tools.knowledge.remote_embedding import EmbeddingFailed, Server, embedder_of
from tools.knowledge.service import KnowledgeService

PASSAGES = [(number, "", f"Room {number} has {number} beds and a view of quay {number}.") for number in range(1, 71)]


class SecondLetters(LetterEmbedder):
    name = "second letters"


@dataclass
class Stubborn(SecondLetters):
    """Fails once after ``good`` texts."""

    good: int = 32
    done: list[int] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.good and sum(self.done) >= self.good:
            self.good = 0
            raise EmbeddingFailed("The server went away.")
        self.done.append(len(texts))
        return super().embed(texts)


@pytest.fixture
def server() -> Iterator[FakeEmbeddings]:
    with FakeEmbeddings().running() as fake:
        yield fake


def reindexer(database: Database, clock: FixedClock, embedder: LetterEmbedder) -> Reindexer:
    return Reindexer(database, embedder, clock)


async def finish(work: Reindexer, identity: Identity, job_id: UUID) -> int:
    """Turn by turn to its end; returns how many turns there were."""
    turns = 0
    while (await jobs.read(work.database, identity, job_id)).status not in jobs.FINISHED:
        await work.run(identity, job_id)
        turns += 1
    return turns


async def waiting(database: Database) -> list[tuple[str, int, bool]]:
    """Queue, priority and whether it is for later, of all that waits, in the order it is taken."""
    async with database.system() as connection:
        rows = await (
            await connection.execute(
                "SELECT queue_name, priority, coalesce(scheduled_at > now(), false) AS later FROM procrastinate_jobs "
                "ORDER BY priority DESC, id"
            )
        ).fetchall()
    return [(row["queue_name"], row["priority"], row["later"]) for row in rows]


async def models_of(database: Database, identity: Identity) -> dict[str, int]:
    async with database.transaction(identity) as connection:
        rows = await (
            await connection.execute("SELECT model, count(*) AS n FROM chunk_vectors GROUP BY model")
        ).fetchall()
    return {row["model"]: row["n"] for row in rows}


async def test_the_first_model_answers(database: Database, identity: Identity) -> None:
    assert await knowledge_indexes.active_model(database, identity) == ""
    await add_document(database, identity, "Rooms", PASSAGES[:3], LetterEmbedder())
    assert await knowledge_indexes.active_model(database, identity) == "letters"
    await add_document(database, identity, "More rooms", PASSAGES[3:5], SecondLetters())
    assert await knowledge_indexes.active_model(database, identity) == "letters"


async def test_everything_gets_vectors_of_the_new_model_and_then_it_answers(
    database: Database, identity: Identity, clock: FixedClock, server: FakeEmbeddings
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES, LetterEmbedder())
    embedder = embedder_of("openai:some-model", Server("sk-test", server.url))
    work = Reindexer(database, embedder, clock)
    job_id = await work.ask_for(identity)
    assert await work.ask_for(identity) == job_id
    await finish(work, identity, job_id)
    assert await models_of(database, identity) == {"openai:some-model": 70}
    job = await jobs.read(database, identity, job_id)
    assert (job.status, job.progress) == ("succeeded", 100)
    service = KnowledgeService(database, clock, embedder)
    outcome = await service.search(identity, "How many beds does room 12 have?")
    await service.aclose()
    assert not outcome.degraded
    assert "Room 12 " in outcome.results[0].quote
    assert server.violations == []


async def test_the_old_model_answers_while_the_new_one_is_made(
    database: Database, identity: Identity, clock: FixedClock
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES, LetterEmbedder())
    new = Stubborn()
    work = reindexer(database, clock, new)
    job_id = await work.ask_for(identity)
    with pytest.raises(EmbeddingFailed):
        await work.run(identity, job_id)
    index = await knowledge_indexes.read(database, identity)
    assert index.model == "letters"
    assert index.building is not None
    assert 0 < index.building.done < index.building.total == 70
    service = KnowledgeService(database, clock, new, others=[LetterEmbedder()])
    outcome = await service.search(identity, "How many beds does room 12 have?")
    await service.aclose()
    assert not outcome.degraded
    assert outcome.results[0].quote.startswith("Room 12 ")


async def test_work_that_was_cut_off_goes_on_where_it_was(
    database: Database, identity: Identity, clock: FixedClock
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES, LetterEmbedder())
    new = Stubborn()
    work = reindexer(database, clock, new)
    job_id = await work.ask_for(identity)
    with pytest.raises(EmbeddingFailed):
        await work.run(identity, job_id)
    kept = (await models_of(database, identity))["second letters"]
    assert kept > 0
    await finish(work, identity, job_id)
    assert await models_of(database, identity) == {"second letters": 70}


async def test_it_goes_by_turns_and_other_tenants_come_between(
    database: Database, identity: Identity, other_identity: Identity, clock: FixedClock
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES, LetterEmbedder())
    await add_document(database, other_identity, "Rooms", PASSAGES[:5], LetterEmbedder())
    minutes = itertools.count(0, 61)
    work = Reindexer(database, SecondLetters(), clock, seconds=lambda: next(minutes))
    job_id = await work.ask_for(identity)
    await work.ask_for(other_identity)
    await work.run(identity, job_id)
    assert await models_of(database, identity) == {"letters": 70, "second letters": 32}
    job = await jobs.read(database, identity, job_id)
    assert (job.status, job.progress, job.attempt) == ("queued", 45, 0)
    assert [queue for queue, _, _ in await waiting(database)] == ["reindexing"] * 3
    assert await finish(work, identity, job_id) == 4  # 32, 6, it answers, the old ones go
    assert await models_of(database, identity) == {"second letters": 70}


async def test_the_old_vectors_stay_until_everybody_has_heard_of_the_new_model(
    database: Database, identity: Identity, clock: FixedClock
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES[:3], LetterEmbedder())
    work = reindexer(database, clock, SecondLetters())
    job_id = await work.ask_for(identity)
    await work.run(identity, job_id)
    assert await knowledge_indexes.active_model(database, identity) == "second letters"
    assert await models_of(database, identity) == {"letters": 3, "second letters": 3}
    assert [later for _, _, later in await waiting(database)] == [False, True]
    await work.run(identity, job_id)
    assert await models_of(database, identity) == {"second letters": 3}
    assert (await jobs.read(database, identity, job_id)).status == "succeeded"


async def test_a_document_that_comes_meanwhile_is_not_left_out(
    database: Database, identity: Identity, clock: FixedClock
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES[:40], LetterEmbedder())
    new = Stubborn()
    work = reindexer(database, clock, new)
    job_id = await work.ask_for(identity)
    with pytest.raises(EmbeddingFailed):
        await work.run(identity, job_id)
    await add_document(database, identity, "More rooms", PASSAGES[40:], LetterEmbedder())
    await finish(work, identity, job_id)
    assert await models_of(database, identity) == {"second letters": 70}


async def test_a_cancelled_job_stops_and_the_old_model_stays(
    database: Database, identity: Identity, clock: FixedClock
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES, LetterEmbedder())
    work = reindexer(database, clock, SecondLetters())
    job_id = await work.ask_for(identity)
    async with database.transaction(identity) as connection:
        await jobs.cancel(connection, identity, job_id)
    await work.run(identity, job_id)
    assert await knowledge_indexes.active_model(database, identity) == "letters"


class Broken(SecondLetters):
    """Fails for a reason of its own at once."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise ValueError("no such shape")


async def test_work_that_fails_for_any_reason_is_given_up_and_can_be_asked_for_anew(
    database: Database, identity: Identity, clock: FixedClock
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES, LetterEmbedder())
    work = reindexer(database, clock, Broken())
    job_id = await work.ask_for(identity)
    waits = list[float | None]()
    for _ in range(3):
        with pytest.raises(ValueError, match="shape") as caught:
            await work.run(identity, job_id)
        waits.append(await work.failed(identity, job_id, caught.value))
    assert waits == [3.0, 9.0, None]
    job = await jobs.read(database, identity, job_id)
    assert (job.status, job.reason) == ("failed", "ValueError")
    assert job.error is not None
    assert job.error["code"] == "gave_up"
    assert await work.ask_for(identity) != job_id


async def test_work_that_kills_its_process_three_times_is_given_up(
    database: Database, identity: Identity, clock: FixedClock
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES, LetterEmbedder())
    work = reindexer(database, clock, SecondLetters())
    job_id = await work.ask_for(identity)
    for _ in range(3):
        async with database.transaction(identity) as connection:
            await jobs.start(connection, identity, job_id)
    await work.run(identity, job_id)
    assert (await jobs.read(database, identity, job_id)).status == "failed"


async def test_tries_that_got_on_do_not_count(database: Database, identity: Identity, clock: FixedClock) -> None:
    await add_document(database, identity, "Rooms", PASSAGES, LetterEmbedder())
    new = Stubborn()
    work = reindexer(database, clock, new)
    job_id = await work.ask_for(identity)
    for _ in range(2):
        async with database.transaction(identity) as connection:
            await jobs.start(connection, identity, job_id)
    with pytest.raises(EmbeddingFailed) as caught:
        await work.run(identity, job_id)
    assert await work.failed(identity, job_id, caught.value) == 3.0


async def test_there_is_nothing_to_do_when_the_model_is_the_same(
    database: Database, identity: Identity, clock: FixedClock
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES[:3], LetterEmbedder())
    with pytest.raises(Conflict, match="already"):
        await reindexer(database, clock, LetterEmbedder()).ask_for(identity)


async def test_a_model_that_cannot_be_had_leaves_the_words(
    database: Database, identity: Identity, clock: FixedClock
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES, LetterEmbedder())
    service = KnowledgeService(database, clock, SecondLetters())
    outcome = await service.search(identity, "How many beds does room 12 have?")
    await service.aclose()
    assert outcome.degraded
    assert outcome.results[0].quote.startswith("Room 12 ")


async def test_another_tenants_index_stays_as_it_is(
    database: Database, identity: Identity, other_identity: Identity, clock: FixedClock
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES[:5], LetterEmbedder())
    await add_document(database, other_identity, "Rooms", PASSAGES[:5], LetterEmbedder())
    work = reindexer(database, clock, SecondLetters())
    await finish(work, identity, await work.ask_for(identity))
    assert await knowledge_indexes.active_model(database, identity) == "second letters"
    assert await knowledge_indexes.active_model(database, other_identity) == "letters"
    assert await models_of(database, other_identity) == {"letters": 5}


async def test_a_changed_setting_has_every_tenant_indexed_anew(
    database: Database, identity: Identity, other_identity: Identity, clock: FixedClock
) -> None:
    await add_document(database, identity, "Rooms", PASSAGES[:2], LetterEmbedder())
    await add_document(database, other_identity, "Rooms", PASSAGES[:2], SecondLetters())
    work = reindexer(database, clock, SecondLetters())
    assert await work.ask_for_all() == 1
    assert await work.ask_for_all() == 1  # the same job: it has not run yet
    assert len(await jobs.list_jobs(database, identity, limit=10)) == 1
