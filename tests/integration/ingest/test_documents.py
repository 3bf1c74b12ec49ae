"""From upload to search, over real HTTP and a real database; only the embedding model is a small one."""

from __future__ import annotations

import aiohttp

from store.database import Database
from tests.integration.ingest.conftest import Sidecar, Upload, make_docx, make_pdf

BREAKFAST = (
    "House manual#\nBreakfast is served from seven to ten in the garden room. The garden room is on the ground floor.\n"
    "Guests who leave early may order a breakfast bag at the desk by nine in the evening before they leave."
)


async def test_nothing_is_found_before_a_person_confirms(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    status, uploaded = await upload(make_pdf(BREAKFAST), "manual.pdf")
    assert status == 201
    assert uploaded["status"] == "received"
    path = f"/api/files/{uploaded['upload_id']}"
    assert await sidecar.work_off() == 1
    async with client.get(path) as response:
        row = await response.json()
    assert row["status"] == "awaiting_confirmation"
    assert row["title"] == "House manual"
    assert row["pages"] == 1
    assert row["analysis"]["language"] == "en"
    assert row["analysis"]["word_count"] > 30
    assert "fingerprint" not in row["analysis"]
    question = {"query": "breakfast garden room"}
    async with client.post("/api/knowledge/search", json=question) as response:
        assert (await response.json())["results"] == []
    async with client.post(f"{path}/confirm-rag", json={"save_to_rag": True}) as response:
        assert response.status == 202
        first = (await response.json())["job_id"]
    async with client.post(f"{path}/confirm-rag", json={"save_to_rag": True}) as response:
        assert (await response.json())["job_id"] == first
    await sidecar.work_off()
    async with client.get(f"/api/jobs/{first}") as response:
        assert (await response.json())["status"] == "succeeded"
    async with client.post("/api/knowledge/search", json=question) as response:
        found = (await response.json())["results"]
    assert found[0]["metadata"]["heading"] == "House manual"
    assert found[0]["metadata"]["page"] == 1
    assert "Breakfast" in found[0]["citation"]["quote"] or "garden" in found[0]["citation"]["quote"]


async def test_a_rejected_document_is_never_searched_and_may_come_again(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    _, uploaded = await upload(b"Some notes about the garden. They are long enough to be read.", "notes.txt")
    await sidecar.work_off()
    path = f"/api/files/{uploaded['upload_id']}"
    async with client.post(f"{path}/confirm-rag", json={"save_to_rag": False}) as response:
        assert (response.status, (await response.json())["status"]) == (200, "rejected")
    async with client.post(f"{path}/confirm-rag", json={"save_to_rag": True}) as response:
        assert response.status == 409
    status, _ = await upload(b"Some notes about the garden. They are long enough to be read.", "notes.txt")
    assert status == 201


async def test_the_same_bytes_are_taken_once_and_the_document_is_named(upload: Upload) -> None:
    _, first = await upload(b"The same text, uploaded twice over.", "one.txt")
    status, problem = await upload(b"The same text, uploaded twice over.", "two.txt")
    assert status == 409
    assert problem["code"] == "duplicate_document"
    assert problem["document_id"] == first["upload_id"]
    assert "one.txt" in problem["detail"]


async def test_a_word_document_keeps_headings_and_tables(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    content = make_docx(
        "# Prices", "These are the prices of the rooms for every night.", "Single room|80 euros", "# Pets"
    )
    status, uploaded = await upload(content, "prices.docx", "/api/knowledge/upload")
    assert status == 202
    await sidecar.work_off()
    async with client.post("/api/knowledge/search", json={"query": "single room euros"}) as response:
        found = (await response.json())["results"][0]
    assert found["metadata"]["heading"] == "Prices"
    assert "Single room" in found["document"]
    assert "80 euros" in found["document"]
    assert found["metadata"]["page_count"] == 0
    assert found["metadata"]["document_id"] == uploaded["document_id"]


async def test_text_is_added_in_one_step(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    body = {"title": "Parking", "text": "Parking costs twelve euros a night in the garage on Harbour Street."}
    async with client.post("/api/knowledge/ingest", json=body) as response:
        assert response.status == 202
    await sidecar.work_off()
    async with client.get("/api/knowledge/documents") as response:
        assert [item["title"] for item in (await response.json())["items"]] == ["Parking"]


async def test_deleting_removes_rows_and_file(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, database: Database
) -> None:
    _, uploaded = await upload(b"A text that will be deleted soon after.", "gone.txt", "/api/knowledge/upload")
    await sidecar.work_off()
    folder = sidecar.app_files()
    assert len(folder) == 1
    async with client.delete(f"/api/files/{uploaded['upload_id']}") as response:
        assert response.status == 204
    assert sidecar.app_files() == []
    async with database.transaction(sidecar.identity) as connection:
        row = await (
            await connection.execute("SELECT (SELECT count(*) FROM chunks) + (SELECT count(*) FROM jobs) AS n")
        ).fetchone()
    assert row == {"n": 0}


async def test_a_stored_file_is_not_readable_on_disk(sidecar: Sidecar, upload: Upload) -> None:
    await upload(b"Nobody reads this sentence on the disk.", "secret.txt")
    [path] = sidecar.app_files()
    assert b"sentence" not in path.read_bytes()
    assert "secret" not in str(path.name)


async def test_running_a_stage_twice_gives_the_same_rows(sidecar: Sidecar, upload: Upload, database: Database) -> None:
    await upload(make_pdf(BREAKFAST), "manual.pdf", "/api/knowledge/upload")
    await sidecar.work_off()
    before = await _chunks(sidecar, database)
    async with database.system() as connection:
        await connection.execute("UPDATE procrastinate_jobs SET status = 'todo'")
    await sidecar.work_off()
    assert await _chunks(sidecar, database) == before
    assert before


async def _chunks(sidecar: Sidecar, database: Database) -> list[tuple[int, str]]:
    async with database.transaction(sidecar.identity) as connection:
        rows = await (await connection.execute("SELECT seq, text FROM chunks ORDER BY seq")).fetchall()
    return [(row["seq"], row["text"]) for row in rows]


async def test_a_list_has_what_a_row_shows_and_the_file_itself_has_all(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    _, uploaded = await upload(make_pdf(BREAKFAST), "manual.pdf")
    await sidecar.work_off()
    async with client.get(f"/api/files/{uploaded['upload_id']}") as response:
        whole = await response.json()
    for path in ("/api/files", f"/api/files/{uploaded['upload_id']}/versions"):
        async with client.get(path) as response:
            [row] = (await response.json())["items"]
        assert row.keys() == whole.keys()
        assert set(whole["analysis"]) - set(row["analysis"]) >= {"key_points", "reasons", "relevance_reason"}
        assert row["analysis"].items() <= whole["analysis"].items()
        assert {name: row[name] for name in row if name not in {"analysis", "metadata"}} == {
            name: whole[name] for name in whole if name not in {"analysis", "metadata"}
        }
