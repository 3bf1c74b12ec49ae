"""Jobs as people see them: real progress, tries that failed and why, an end when somebody wants one, turns for all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from ingest.documents.indexing import Indexed, Indexer
from ingest.documents.pulse import JobOver, Pulse, Work
from ingest.documents.stages import Stages
from ingest.documents.statuses import ANALYSE, INDEX
from ingest.jobs.queue import DOCUMENTS, defer
from ingest.reindexing import REINDEX
from store import documents, jobs
from store.database import Database
from store.errors import Unavailable
from store.identity import Identity
from store.ids import new_id
from tests.fakes.embedder import LetterEmbedder
from tests.integration.ingest.conftest import Sidecar, Upload, make_stages
from tools.knowledge.embedding import Vectors
from tools.knowledge.remote_embedding import EmbeddingFailed

TEXT = b"The ferry leaves at nine from the north quay. Tickets are sold on board, and children travel free."


def _work(sidecar: Sidecar, uploaded: dict[str, Any]) -> Work:
    return Work(sidecar.identity, UUID(uploaded["job_id"]), UUID(uploaded["upload_id"]))


async def _get(client: aiohttp.ClientSession, path: str) -> dict[str, Any]:
    async with client.get(path) as response:
        assert response.status == 200, await response.text()
        return await response.json()


class _Fails:
    """Every read of a file fails for no fault of the document."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def read(self, storage_key: str) -> bytes:
        raise self._error


def _failing(stages: Stages, error: Exception) -> Stages:
    return Stages(stages.database, _Fails(error), stages.reader, stages.analyst, stages.indexer)  # pyright: ignore[reportArgumentType]


async def test_a_try_that_fails_is_counted_with_its_reason_and_the_third_ends_it(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    _, one = await upload(TEXT, "ferry.txt")
    stages, work = _failing(make_stages(sidecar.app), Unavailable("The disk is away.")), _work(sidecar, one)
    waits, shown = list[float | None](), dict[str, Any]()
    for _ in range(3):
        with pytest.raises(Unavailable) as caught:
            await stages.run(ANALYSE, work)
        waits.append(await stages.failed(work, caught.value))
        shown = await _get(client, f"/api/jobs/{one['job_id']}")
        assert (shown["attempt"], shown["reason"]) == (len(waits), "The disk is away.")
    assert waits == [2.0, 8.0, None]
    assert (shown["status"], shown["error"]["code"]) == ("failed", "gave_up")
    row = await _get(client, f"/api/files/{one['upload_id']}")
    assert row["status"] == "failed"
    assert "The disk is away." in row["error"]["detail"]
    assert row["job"]["attempt"] == 3


async def test_a_document_that_kills_its_process_three_times_is_given_up(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, database: Database
) -> None:
    _, one = await upload(TEXT, "ferry.txt")
    work = _work(sidecar, one)
    for expected in (0, 1, 2):
        async with database.transaction(sidecar.identity) as connection:
            job = await jobs.start(connection, sidecar.identity, work.job_id)
        assert job is not None
        assert job.attempt == expected
    await make_stages(sidecar.app).run(ANALYSE, work)
    assert (await _get(client, f"/api/files/{one['upload_id']}"))["error"]["code"] == "gave_up"


async def test_a_waiting_job_ends_at_once_and_its_document_can_be_analysed_again(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    _, one = await upload(TEXT, "ferry.txt")
    async with client.post(f"/api/jobs/{one['job_id']}/cancel") as response:
        assert (response.status, (await response.json())["status"]) == (200, "cancelled")
    row = await _get(client, f"/api/files/{one['upload_id']}")
    assert (row["status"], row["error"]["code"], row["job"]["status"]) == ("failed", "cancelled", "cancelled")
    async with client.post(f"/api/jobs/{one['job_id']}/cancel") as response:
        assert (response.status, (await response.json())["code"]) == (409, "job_over")
    await sidecar.work_off()
    assert (await _get(client, f"/api/files/{one['upload_id']}"))["status"] == "failed"
    async with client.post(f"/api/files/{one['upload_id']}/analyze") as response:
        assert response.status == 202
    await sidecar.work_off()
    assert (await _get(client, f"/api/files/{one['upload_id']}"))["status"] == "awaiting_confirmation"


async def test_a_cancelled_indexing_leaves_nothing_half_indexed(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, database: Database
) -> None:
    _, one = await upload(TEXT, "ferry.txt")
    await sidecar.work_off()
    async with client.post(f"/api/files/{one['upload_id']}/confirm-rag", json={"save_to_rag": True}) as response:
        job_id = (await response.json())["job_id"]
    work = Work(sidecar.identity, UUID(job_id), UUID(one["upload_id"]))
    stages = make_stages(sidecar.app)

    async def cancelled_meanwhile(*_: object) -> Indexed:
        async with client.post(f"/api/jobs/{job_id}/cancel") as response:
            assert response.status == 200
        return Indexed([], [])

    object.__setattr__(stages, "indexer", _Indexer(cancelled_meanwhile))
    await stages.run(INDEX, work)
    row = await _get(client, f"/api/files/{one['upload_id']}")
    assert (row["status"], row["chunk_count"]) == ("awaiting_confirmation", 0)


class _Indexer:
    def __init__(self, index: Callable[..., Any]) -> None:
        self.index = index


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/api/jobs/{job_id}/cancel"), ("DELETE", "/api/files/{upload_id}")]
)
async def test_a_running_job_is_cut_off_when_it_is_cancelled_or_its_document_deleted(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, database: Database, method: str, path: str
) -> None:
    _, one = await upload(TEXT, "ferry.txt")
    work = _work(sidecar, one)
    async with database.transaction(sidecar.identity) as connection:
        await jobs.start(connection, sidecar.identity, work.job_id)

    async def work_on() -> None:
        async with asyncio.timeout(20), Pulse(database, work).beating() as pulse:
            await pulse.step("extracting", 10, 60)
            async with client.request(method, path.format(**one)) as response:
                assert response.status in {200, 204}
            await asyncio.Event().wait()

    with pytest.raises(JobOver):
        await work_on()


async def test_progress_is_told_while_a_stage_goes_on(sidecar: Sidecar, upload: Upload, database: Database) -> None:
    _, one = await upload(TEXT, "ferry.txt")
    work = _work(sidecar, one)
    async with database.transaction(sidecar.identity) as connection:
        await jobs.start(connection, sidecar.identity, work.job_id)
    async with asyncio.timeout(20), Pulse(database, work).beating() as pulse:
        await pulse.step("extracting", 10, 60)
        pulse.progress(0.5)
        while (job := await jobs.read(database, sidecar.identity, work.job_id)).progress == 10:  # noqa: ASYNC110 - a row
            await asyncio.sleep(0.05)
    assert (job.stage, job.progress) == ("extracting", 35)


async def test_jobs_are_listed_by_status_and_document(
    sidecar: Sidecar, client: aiohttp.ClientSession, stranger: aiohttp.ClientSession, upload: Upload
) -> None:
    _, one = await upload(TEXT, "ferry.txt")
    await sidecar.work_off()
    _, two = await upload(b"Another text about the quay.", "quay.txt")
    assert [job["id"] for job in (await _get(client, "/api/jobs"))["items"]] == [two["job_id"], one["job_id"]]
    assert [job["id"] for job in (await _get(client, "/api/jobs?status=succeeded"))["items"]] == [one["job_id"]]
    of_two = await _get(client, f"/api/jobs?document_id={two['upload_id']}")
    assert [job["id"] for job in of_two["items"]] == [two["job_id"]]
    assert (await _get(stranger, "/api/jobs"))["items"] == []
    async with stranger.post(f"/api/jobs/{two['job_id']}/cancel") as response:
        assert response.status == 404


async def test_a_tenants_single_document_does_not_wait_for_anothers_thousand(
    database: Database, identity: Identity, other_identity: Identity
) -> None:
    async def put(who: Identity, count: int) -> None:
        async with database.transaction(who) as connection:
            for _ in range(count):
                await defer(connection, who, DOCUMENTS, ANALYSE, lock=f"document:{new_id()}", document_id=new_id())

    await put(identity, 200)
    await put(other_identity, 2)
    async with database.system() as connection:
        rows = await (
            await connection.execute(
                "SELECT args->>'tenant_id' AS tenant FROM procrastinate_jobs ORDER BY priority DESC, id LIMIT 5"
            )
        ).fetchall()
        await connection.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE priority = -100")
    tenants = [row["tenant"] for row in rows]
    assert tenants.count(str(other_identity.tenant_id)) == 2
    await put(other_identity, 1)
    async with database.system() as connection:
        row = await (
            await connection.execute("SELECT priority FROM procrastinate_jobs ORDER BY id DESC LIMIT 1")
        ).fetchone()
    assert row == {"priority": -101}


class _Away(LetterEmbedder):
    """A model whose server does not answer."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise EmbeddingFailed("The server went away.")


async def test_a_document_is_analysed_by_its_words_while_the_model_of_vectors_is_away(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    _, one = await upload(TEXT, "ferry.txt")
    stages = make_stages(sidecar.app)
    stages = replace(stages, analyst=replace(stages.analyst, embed=_Away().embed))
    await stages.run(ANALYSE, _work(sidecar, one))
    row = await _get(client, f"/api/files/{one['upload_id']}")
    assert row["status"] == "awaiting_confirmation"
    assert "ferry leaves at nine" in row["analysis"]["summary"]


async def test_a_document_that_comes_while_another_model_is_built_is_found_by_meaning_at_once(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, database: Database
) -> None:
    await upload(TEXT, "ferry.txt", "/api/knowledge/upload")
    await sidecar.work_off()  # with the model "letters", which answers from now on
    _, second = await upload(b"The quay is closed in November. The keeper rests then.", "quay.txt")
    await sidecar.work_off()
    async with client.post(f"/api/files/{second['upload_id']}/confirm-rag", json={"save_to_rag": True}) as response:
        job_id = (await response.json())["job_id"]
    stages = make_stages(sidecar.app)
    stages = replace(stages, indexer=Indexer(database, _Newer(), others=[LetterEmbedder()]))
    await stages.run(INDEX, Work(sidecar.identity, UUID(job_id), UUID(second["upload_id"])))
    async with database.transaction(sidecar.identity) as connection:
        rows = await (
            await connection.execute(
                "SELECT model, count(*) AS n FROM chunk_vectors WHERE document_id = %s GROUP BY model ORDER BY model",
                (second["upload_id"],),
            )
        ).fetchall()
    assert rows == [{"model": "letters", "n": 1}, {"model": "newer letters", "n": 1}]


class _Newer(LetterEmbedder):
    name = "newer letters"


async def test_a_job_of_a_deleted_document_ends_without_a_word(
    sidecar: Sidecar, upload: Upload, database: Database
) -> None:
    _, one = await upload(TEXT, "ferry.txt")
    await documents.delete(database, sidecar.identity, UUID(one["upload_id"]))
    await make_stages(sidecar.app).run(ANALYSE, _work(sidecar, one))


async def test_a_job_without_a_document_can_be_cancelled_too(
    sidecar: Sidecar, client: aiohttp.ClientSession, database: Database
) -> None:
    job_id, at = new_id(), datetime(2026, 11, 21, tzinfo=UTC)
    async with database.transaction(sidecar.identity) as connection:
        await jobs.create(connection, sidecar.identity, job_id=job_id, kind=REINDEX, document_id=None, at=at)
    async with client.post(f"/api/jobs/{job_id}/cancel") as response:
        assert (response.status, (await response.json())["status"]) == (200, "cancelled")
