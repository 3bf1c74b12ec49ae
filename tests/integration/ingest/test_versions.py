"""A next version takes the place of the searched one without a gap; people decide, correct and go back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from ingest.documents.pulse import Work
from ingest.documents.statuses import ANALYSE, INDEX
from store import documents
from store.database import Connection, Database
from store.documents import Document
from store.errors import Conflict, Invalid
from tests.integration.ingest.conftest import Sidecar, Upload, make_stages

OLD = b"Parking costs twelve euros a night in the garage. The garage is on Harbour Street, behind the hotel."
NEW = b"Parking costs fifteen euros a night in the garage. The garage is on Harbour Street, behind the hotel."
QUESTION = {"query": "parking euros a night garage"}


async def _uploaded_as_next(client: aiohttp.ClientSession, content: bytes, name: str, replaces: str) -> dict[str, Any]:
    form = aiohttp.FormData()
    form.add_field("replaces", replaces)
    form.add_field("file", content, filename=name, content_type="application/octet-stream")
    async with client.post("/api/files/upload", data=form) as response:
        assert response.status == 201, await response.text()
        return await response.json()


async def _get(client: aiohttp.ClientSession, path: str) -> dict[str, Any]:
    async with client.get(path) as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def _confirm(client: aiohttp.ClientSession, sidecar: Sidecar, upload_id: str) -> None:
    async with client.post(f"/api/files/{upload_id}/confirm-rag", json={"save_to_rag": True}) as response:
        assert response.status == 202, await response.text()
    await sidecar.work_off()


async def _replaced(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A document and the version that took its place."""
    _, first = await upload(OLD, "parking.txt", "/api/knowledge/upload")
    await sidecar.work_off()
    second = await _uploaded_as_next(client, NEW, "parking-2027.txt", first["document_id"])
    await sidecar.work_off()
    await _confirm(client, sidecar, second["upload_id"])
    return first, second


async def _three_waiting(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> tuple[str, tuple[str, str, str]]:
    """Versions 2, 3 and 4 of a searched document, all waiting for a person; the newest and all three, oldest first."""
    _, first = await upload(OLD, "parking.txt", "/api/knowledge/upload")
    await sidecar.work_off()
    waiting = [
        (await _uploaded_as_next(client, OLD.replace(b"twelve", price), f"{n}.txt", first["document_id"]))["upload_id"]
        for n, price in enumerate((b"20", b"30", b"40"))
    ]
    await sidecar.work_off()
    return waiting[2], (waiting[0], waiting[1], waiting[2])


async def _found(client: aiohttp.ClientSession) -> list[str]:
    async with client.post("/api/knowledge/search", json=QUESTION) as response:
        return [one["document"] for one in (await response.json())["results"]]


async def test_the_old_version_is_searched_until_the_new_one_is_confirmed(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    _, first = await upload(OLD, "parking.txt", "/api/knowledge/upload")
    await sidecar.work_off()
    second = await _uploaded_as_next(client, NEW, "parking-2027.txt", first["document_id"])
    assert (second["version"], second["series_id"]) == (2, first["document_id"])
    await sidecar.work_off()
    assert all("twelve" in one for one in await _found(client))
    await _confirm(client, sidecar, second["upload_id"])
    assert all("fifteen" in one for one in await _found(client))
    versions = (await _get(client, f"/api/files/{first['document_id']}/versions"))["items"]
    assert [(one["version"], one["status"], one["chunk_count"] > 0) for one in versions] == [
        (2, "ready", True),
        (1, "replaced", False),
    ]
    assert versions[0]["replaces"] == first["document_id"]
    assert len((await _get(client, f"/api/files?series_id={second['series_id']}"))["items"]) == 2


async def test_an_older_version_can_be_made_current_again(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    first, second = await _replaced(sidecar, client, upload)
    await _confirm(client, sidecar, first["document_id"])
    assert all("twelve" in one for one in await _found(client))
    assert (await _get(client, f"/api/files/{second['upload_id']}"))["status"] == "replaced"


@pytest.mark.parametrize("order", ["oldest first", "newest first", "middle first", "at once"])
async def test_of_versions_that_are_confirmed_together_the_newest_is_current_whoever_ends_last(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, order: str
) -> None:
    newest, waiting = await _three_waiting(sidecar, client, upload)
    async with client.post("/api/files/confirm", json={"ids": [*reversed(waiting)], "save_to_rag": True}) as response:
        job_of = {one["document_id"]: UUID(one["job_id"]) for one in (await response.json())["items"]}
    work = [Work(sidecar.identity, job_of[one], UUID(one)) for one in waiting]
    stages = make_stages(sidecar.app)
    if order == "at once":
        await asyncio.gather(*(stages.run(INDEX, one) for one in work))
    for place in {"oldest first": (0, 1, 2), "newest first": (2, 1, 0), "middle first": (1, 2, 0)}.get(order, ()):
        await stages.run(INDEX, work[place])
    versions = (await _get(client, f"/api/files/{newest}/versions"))["items"]
    assert [(one["version"], one["status"], one["chunk_count"] > 0) for one in versions] == [
        (4, "ready", True),
        (3, "replaced", False),
        (2, "replaced", False),
        (1, "replaced", False),
    ]
    assert all("40 euros" in one for one in await _found(client))
    assert {(await _get(client, f"/api/jobs/{job}"))["status"] for job in job_of.values()} == {"succeeded"}


async def test_an_older_version_that_never_was_current_can_be_asked_for_all_the_same(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    newest, (second, _, _) = await _three_waiting(sidecar, client, upload)
    await _confirm(client, sidecar, newest)
    await _confirm(client, sidecar, second)
    assert (await _get(client, f"/api/files/{second}"))["status"] == "replaced"
    assert all("40 euros" in one for one in await _found(client))
    await _confirm(client, sidecar, second)
    assert [(await _get(client, f"/api/files/{one}"))["status"] for one in (second, newest)] == ["ready", "replaced"]
    assert all("20 euros" in one for one in await _found(client))


async def test_a_confirmed_version_is_searched_when_the_newer_one_is_taken_back(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    newest, (second, _, _) = await _three_waiting(sidecar, client, upload)
    async with client.post("/api/files/confirm", json={"ids": [newest, second], "save_to_rag": True}) as response:
        items = (await response.json())["items"]
    job_of = {one["document_id"]: one["job_id"] for one in items}
    await make_stages(sidecar.app).run(INDEX, Work(sidecar.identity, UUID(job_of[second]), UUID(second)))
    async with client.post(f"/api/jobs/{job_of[newest]}/cancel") as response:
        assert response.status == 200
    await sidecar.work_off()
    assert all("20 euros" in one for one in await _found(client))


async def test_a_version_of_nothing_is_refused_and_leaves_nothing(
    sidecar: Sidecar, client: aiohttp.ClientSession
) -> None:
    for unknown in ("00000000-0000-7000-8000-000000000000", "no id"):
        form = aiohttp.FormData()
        form.add_field("replaces", unknown)
        form.add_field("file", NEW, filename="parking.txt")
        async with client.post("/api/files/upload", data=form) as response:
            assert (response.status, (await response.json())["code"]) == (404, "document_not_found")
    assert sidecar.app_files() == []


async def test_what_people_corrected_stays_through_analyses_and_versions(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    _, first = await upload(OLD, "parking.txt", "/api/knowledge/upload")
    await sidecar.work_off()
    path = f"/api/files/{first['document_id']}"
    source = {"type": "article", "authors": ["Lovelace, Ada"], "doi": "https://doi.org/10.1000/182", "year": "2017"}
    body = {"title": "Where to park", "tags": ["garage", "garage", "cars"], "source": source}
    async with client.patch(path, json=body) as response:
        assert response.status == 200, await response.text()
        shown = await response.json()
    assert (shown["title"], shown["tags"]) == ("Where to park", ["garage", "cars"])
    assert shown["source"] == {**source, "doi": "10.1000/182"}
    async with client.post("/api/knowledge/search", json=QUESTION) as response:
        assert (await response.json())["results"][0]["citation"]["title"] == "Where to park"
    async with client.post(f"{path}/analyze") as response:
        assert response.status == 202
    assert await _found(client) != []
    await sidecar.work_off()
    assert (await _get(client, path))["title"] == "Where to park"
    assert (await _get(client, path))["status"] == "ready"
    second = await _uploaded_as_next(client, NEW, "parking-2027.txt", first["document_id"])
    await sidecar.work_off()
    row = await _get(client, f"/api/files/{second['upload_id']}")
    assert (row["title"], row["tags"], row["source"]["year"]) == ("Where to park", ["garage", "cars"], "2017")


async def test_wrong_corrections_are_told_by_field(client: aiohttp.ClientSession, upload: Upload) -> None:
    _, one = await upload(OLD, "parking.txt")
    for source in (
        {"doi": "11.1000/182"},
        {"pmid": "0123"},
        {"url": "javascript:alert(1)"},
        {"year": "20xx"},
        {"published": "2017-13"},
        {"type": "song"},
        {"authors": [{"given": "Ada"}]},
    ):
        async with client.patch(f"/api/files/{one['upload_id']}", json={"source": source}) as response:
            assert response.status == 422, source
            assert "source" in str((await response.json())["errors"])


async def test_two_people_who_confirm_at_once_start_one_job(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    _, one = await upload(OLD, "parking.txt")
    await sidecar.work_off()

    async def confirm() -> str:
        path = f"/api/files/{one['upload_id']}/confirm-rag"
        async with client.post(path, json={"save_to_rag": True}) as response:
            assert response.status == 202
            return (await response.json())["job_id"]

    assert len(set(await asyncio.gather(*(confirm() for _ in range(6))))) == 1


async def test_many_are_confirmed_and_deleted_at_once_each_for_itself(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    ids = [(await upload(f"Text number {n} of three.".encode(), f"{n}.txt"))[1]["upload_id"] for n in range(3)]
    await sidecar.work_off()
    unknown = "00000000-0000-7000-8000-000000000000"
    async with client.post("/api/files/confirm", json={"ids": [*ids, unknown], "save_to_rag": True}) as response:
        items = (await response.json())["items"]
    assert [one["status"] for one in items] == ["indexing"] * 3 + [""]
    assert items[3]["error"]["code"] == "document_not_found"
    await sidecar.work_off()
    assert len((await _get(client, "/api/files?status=ready"))["items"]) == 3
    async with client.post("/api/files/delete", json={"ids": [*ids, unknown]}) as response:
        assert [one["deleted"] for one in (await response.json())["items"]] == [True, True, True, False]
    assert sidecar.app_files() == []


async def test_lists_are_filtered_by_what_people_know(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    _, one = await upload(OLD, "parking.txt")
    await upload(b"The kitchen opens at six and closes at ten in the evening.", "kitchen.txt")
    await sidecar.work_off()
    async with client.patch(f"/api/files/{one['upload_id']}", json={"category": "Cars", "tags": ["garage"]}):
        pass
    for query in ("category=Cars", "tag=garage", "q=PARK", "q=parking.txt"):
        assert [row["filename"] for row in (await _get(client, f"/api/files?{query}"))["items"]] == ["parking.txt"]
    for query in ("category=None", "q=%25", "status=ready", "tag=cars"):
        assert (await _get(client, f"/api/files?{query}"))["items"] == [], query


async def test_unchanged_pieces_of_a_next_version_are_not_embedded_again(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, database: Database
) -> None:
    _, first = await upload(
        b"# One\n\n" + OLD + b"\n\n# Two\n\nThe kitchen opens at six.", "a.md", "/api/knowledge/upload"
    )
    await sidecar.work_off()
    second = await _uploaded_as_next(
        client, b"# One\n\n" + NEW + b"\n\n# Two\n\nThe kitchen opens at six.", "a.md", first["document_id"]
    )
    await sidecar.work_off()
    sidecar.embedded.clear()
    await _confirm(client, sidecar, second["upload_id"])
    assert any("fifteen" in text for text in sidecar.embedded)
    assert not any("kitchen" in text for text in sidecar.embedded)
    async with database.transaction(sidecar.identity) as connection:
        row = await (await connection.execute("SELECT count(*) AS n FROM embedded_texts")).fetchone()
    assert row == {"n": 0}


@pytest.mark.parametrize("cancelled", ["analysis", "indexing"])
async def test_what_one_job_was_asked_for_stays_when_another_is_cancelled(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, cancelled: str
) -> None:
    first, _ = await _replaced(sidecar, client, upload)
    path, jobs = f"/api/files/{first['document_id']}", dict[str, str]()
    async with client.post(f"{path}/analyze") as response:
        jobs["analysis"] = (await response.json())["job_id"]
    async with client.post(f"{path}/confirm-rag", json={"save_to_rag": True}) as response:
        jobs["indexing"] = (await response.json())["job_id"]
    async with client.post(f"/api/jobs/{jobs[cancelled]}/cancel") as response:
        assert response.status == 200
    assert (await _get(client, path))["status"] == ("indexing" if cancelled == "analysis" else "replaced")
    await sidecar.work_off()
    assert (await _get(client, path))["status"] == ("ready" if cancelled == "analysis" else "replaced")


async def test_an_analysis_that_ends_badly_does_not_take_a_confirmation_back(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    first, _ = await _replaced(sidecar, client, upload)
    path = f"/api/files/{first['document_id']}"
    async with client.post(f"{path}/analyze") as response:
        job_id = UUID((await response.json())["job_id"])
    async with client.post(f"{path}/confirm-rag", json={"save_to_rag": True}):
        pass
    work = Work(sidecar.identity, job_id, UUID(first["document_id"]))
    await make_stages(sidecar.app).give_up(work, Invalid("It cannot be read.", code="unreadable"))
    assert (await _get(client, path))["status"] == "indexing"


async def test_an_analysis_that_began_before_the_document_was_searchable_does_not_empty_it(
    sidecar: Sidecar, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, one = await upload(OLD, "parking.txt")
    locked = documents.locked

    async def searchable_meanwhile(connection: Connection, document_id: UUID, *, lock: bool = True) -> Document:
        found = await locked(connection, document_id, lock=lock)
        return replace(found, status="ready") if lock and found.status == "analysing" else found

    monkeypatch.setattr(documents, "locked", searchable_meanwhile)
    work = Work(sidecar.identity, UUID(one["job_id"]), UUID(one["upload_id"]))
    with pytest.raises(Conflict, match="searchable meanwhile"):
        await make_stages(sidecar.app).run(ANALYSE, work)
