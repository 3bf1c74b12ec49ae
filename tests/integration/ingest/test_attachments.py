"""Files of a conversation over HTTP: attached, read, listed, removed; nobody else's, and nothing left behind."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import aiohttp
import psycopg
import pytest

from ingest.documents.reading import Reader, Reading
from ingest.jobs.queue import DOCUMENTS, LONG_ATTACHMENTS
from ingest.keys import DATABASE
from store import attachment_passages, attachments
from store.conversations import Message, add_message
from store.ids import new_id
from tests.integration.ingest.conftest import Sidecar, make_attachment_reader

LETTER = b"# Booking\n\nYour room number is 214. Breakfast is included.\n\n# Arrival\n\nThe desk is open until ten."


async def _attach(
    client: aiohttp.ClientSession, path: str, content: bytes = LETTER, name: str = "letter.md"
) -> tuple[int, dict[str, Any]]:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(content), filename=name)
    async with client.post(path, data=form) as response:
        return response.status, await response.json()


async def test_an_attached_file_is_read_for_its_conversation(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    conversation = await sidecar.insert("conversations")
    status, attached = await _attach(client, f"/api/conversations/{conversation}/attachments")
    assert (status, attached["status"], attached["message_id"]) == (201, "received", None)
    assert await sidecar.work_off() == 1
    async with client.get(f"/api/attachments/{attached['id']}") as response:
        assert (await response.json())["status"] == "ready"
    found, _ = await attachment_passages.of_conversation(sidecar.app[DATABASE], sidecar.identity, conversation)
    assert [one.heading for one in found] == ["Booking", "Arrival"]
    assert found[0].filename == "letter.md"
    assert found[0].embedding is not None
    other = await sidecar.insert("conversations")
    assert await attachment_passages.of_conversation(sidecar.app[DATABASE], sidecar.identity, other) == ([], [])


async def test_of_a_long_file_it_is_said_that_only_its_beginning_is_searched(
    sidecar: Sidecar, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.attachments.reading.MOST_PASSAGES", 1)
    conversation = await sidecar.insert("conversations")
    _, attached = await _attach(client, f"/api/conversations/{conversation}/attachments")
    await sidecar.work_off()
    async with client.get(f"/api/attachments/{attached['id']}") as response:
        told = (await response.json())["findings"]
    assert [(one["code"], "only its beginning is searched" in one["detail"]) for one in told] == [("truncated", True)]


async def test_what_is_attached_is_not_searched_with_the_documents(
    sidecar: Sidecar, client: aiohttp.ClientSession
) -> None:
    conversation = await sidecar.insert("conversations")
    await _attach(client, f"/api/conversations/{conversation}/attachments")
    await sidecar.work_off()
    async with client.post("/api/knowledge/search", json={"query": "What is my room number?"}) as response:
        assert (await response.json())["results"] == []


async def test_a_file_hangs_on_a_message(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    message = await sidecar.insert_message()
    _, attached = await _attach(client, f"/api/messages/{message}/attachments")
    assert attached["message_id"] == message
    async with client.get(f"/api/messages/{message}/attachments") as response:
        assert [item["id"] for item in (await response.json())["items"]] == [attached["id"]]
    async with client.get(f"/api/conversations/{attached['conversation_id']}/attachments") as response:
        assert [item["id"] for item in (await response.json())["items"]] == [attached["id"]]


async def test_how_far_a_file_is_is_told_live(
    sidecar: Sidecar, client: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    conversation = await sidecar.insert("conversations")
    async with client.get("/api/events") as stream, stranger.get("/api/events") as elsewhere:
        await stream.content.readuntil(b"listening\n\n")
        _, attached = await _attach(client, f"/api/conversations/{conversation}/attachments")
        await sidecar.work_off()
        async with client.delete(f"/api/attachments/{attached['id']}"):
            pass
        told: list[str] = []
        while not told or not told[-1].startswith("event: attachment.deleted"):
            told.append((await stream.content.readuntil(b"\n\n")).decode())
        assert [json.loads(one.partition("data: ")[2]).get("status") for one in told if "attachment." in one] == [
            "received",
            "reading",
            "ready",
            None,
        ]
        assert elsewhere.content.read_nowait().find(b"attachment") == -1


async def test_files_hang_on_what_is_said_after_them(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    earlier = await sidecar.insert_message()
    _, first = await _attach(client, f"/api/messages/{earlier}/attachments")
    conversation = first["conversation_id"]
    _, second = await _attach(client, f"/api/conversations/{conversation}/attachments", b"Another one.", "two.txt")
    later = new_id()
    async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
        said = Message(later, "user", "What is in it?", datetime(2026, 11, 21, tzinfo=UTC))
        await add_message(connection, sidecar.identity, UUID(conversation), said)
        await attachments.hang_on_message(connection, UUID(conversation), later)
    async with client.get(f"/api/messages/{later}/attachments") as response:
        assert [item["id"] for item in (await response.json())["items"]] == [second["id"]]
    async with client.get(f"/api/attachments/{first['id']}") as response:
        assert (await response.json())["message_id"] == earlier


async def test_a_file_that_cannot_be_read_says_why_and_stays(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    conversation = await sidecar.insert("conversations")
    _, attached = await _attach(
        client, f"/api/conversations/{conversation}/attachments", b"%PDF-1.7\nnothing in it", "broken.pdf"
    )
    await sidecar.work_off()
    async with client.get(f"/api/attachments/{attached['id']}") as response:
        answer = await response.json()
    assert answer["status"] == "failed"
    assert answer["error"]["detail"]


async def test_removing_takes_file_and_passages_with_it(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    conversation = await sidecar.insert("conversations")
    _, attached = await _attach(client, f"/api/conversations/{conversation}/attachments")
    await sidecar.work_off()
    async with client.delete(f"/api/attachments/{attached['id']}") as response:
        assert response.status == 204
    assert sidecar.app_files() == []
    assert await attachment_passages.of_conversation(sidecar.app[DATABASE], sidecar.identity, conversation) == ([], [])
    async with client.delete(f"/api/attachments/{attached['id']}") as response:
        assert response.status == 404


async def test_a_file_removed_before_it_was_read_ends_its_job(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    conversation = await sidecar.insert("conversations")
    _, attached = await _attach(client, f"/api/conversations/{conversation}/attachments")
    async with client.delete(f"/api/attachments/{attached['id']}"):
        pass
    assert await sidecar.work_off() == 1


async def _status(client: aiohttp.ClientSession, attached: dict[str, Any]) -> tuple[str, str]:
    async with client.get(f"/api/attachments/{attached['id']}") as response:
        one = await response.json()
    return one["status"], (one["error"] or {}).get("code", "")


async def test_one_whose_stored_file_is_lost_says_so_instead_of_waiting_for_ever(
    sidecar: Sidecar, client: aiohttp.ClientSession
) -> None:
    conversation = await sidecar.insert("conversations")
    _, attached = await _attach(client, f"/api/conversations/{conversation}/attachments")
    for path in sidecar.app_files():
        path.unlink()
    await sidecar.work_off()
    assert await _status(client, attached) == ("failed", "file_missing")


async def test_one_of_a_conversation_in_the_trash_is_read_too(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    conversation = await sidecar.insert("conversations")
    _, attached = await _attach(client, f"/api/conversations/{conversation}/attachments")

    async def set_deleted(at: datetime | None) -> None:
        async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
            await connection.execute("UPDATE conversations SET deleted_at = %s WHERE id = %s", (at, conversation))

    await set_deleted(datetime(2026, 11, 21, tzinfo=UTC))
    await sidecar.work_off()
    await set_deleted(None)
    assert await _status(client, attached) == ("ready", "")


async def test_one_that_kills_its_process_again_and_again_is_given_up(
    sidecar: Sidecar, client: aiohttp.ClientSession
) -> None:
    conversation = await sidecar.insert("conversations")
    _, attached = await _attach(client, f"/api/conversations/{conversation}/attachments")
    await make_attachment_reader(sidecar.app).run(sidecar.identity, UUID(attached["id"]), tries=3)
    assert await _status(client, attached) == ("failed", "gave_up")


async def test_tries_that_raise_are_repeated_and_the_third_ends_it(
    sidecar: Sidecar, client: aiohttp.ClientSession
) -> None:
    conversation = await sidecar.insert("conversations")
    _, attached = await _attach(client, f"/api/conversations/{conversation}/attachments")
    reader, file_id = make_attachment_reader(sidecar.app), UUID(attached["id"])
    waits = [await reader.failed(sidecar.identity, file_id, tries=tries) for tries in (1, 2, 3)]
    assert waits == [3.0, 9.0, None]
    assert await _status(client, attached) == ("failed", "gave_up")


async def _queue(sidecar: Sidecar, attached: dict[str, Any]) -> str:
    async with sidecar.app[DATABASE].system() as connection:
        row = await (
            await connection.execute(
                "SELECT queue_name FROM procrastinate_jobs WHERE args->>'attachment_id' = %s", (attached["id"],)
            )
        ).fetchone()
    assert row is not None
    return row["queue_name"]


async def test_an_attached_recording_holds_up_nobodys_short_document(
    sidecar: Sidecar, client: aiohttp.ClientSession
) -> None:
    path = f"/api/conversations/{await sidecar.insert('conversations')}/attachments"
    _, letter = await _attach(client, path)
    _, recording = await _attach(client, path, b"fLaC" + bytes(60), "call.flac")
    assert await _queue(sidecar, letter) == DOCUMENTS
    assert await _queue(sidecar, recording) == LONG_ATTACHMENTS


async def test_reading_is_cut_off_when_the_attachment_is_deleted(
    sidecar: Sidecar, client: aiohttp.ClientSession
) -> None:
    _, attached = await _attach(client, f"/api/conversations/{await sidecar.insert('conversations')}/attachments")
    reader, ended = make_attachment_reader(sidecar.app), asyncio.Event()

    class Endless(Reader):
        async def extract(
            self, content: bytes, content_type: str, inspection: dict[str, Any], progress: Callable[[float], None]
        ) -> Reading:
            try:  # cut off perhaps before the deletion is answered
                async with client.delete(f"/api/attachments/{attached['id']}") as response:
                    assert response.status == 204
                await asyncio.Event().wait()
            finally:
                ended.set()
            raise AssertionError

    async with asyncio.timeout(20):
        await replace(reader, reader=Endless(), look_s=0.01).run(sidecar.identity, UUID(attached["id"]))
    assert ended.is_set()


@pytest.mark.parametrize("path", ["/api/conversations/{}/attachments", "/api/messages/{}/attachments"])
async def test_nothing_can_be_attached_to_what_is_not_there_or_not_ones_own(
    sidecar: Sidecar, client: aiohttp.ClientSession, stranger: aiohttp.ClientSession, path: str
) -> None:
    mine = await (sidecar.insert_message() if "messages" in path else sidecar.insert("conversations"))
    for asker, identifier in (
        (stranger, mine),
        (client, "0198a5a4-0000-7000-8000-000000000000"),
    ):
        status, answer = await _attach(asker, path.format(identifier))
        assert (status, answer["code"]) == (404, f"{'message' if 'messages' in path else 'conversation'}_not_found")
    assert sidecar.app_files() == []


async def test_a_conversation_holds_only_so_many(
    sidecar: Sidecar, client: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_PER_CONVERSATION", 1)
    path = f"/api/conversations/{await sidecar.insert('conversations')}/attachments"
    await _attach(client, path)
    status, answer = await _attach(client, path, b"Another text.")
    assert (status, answer["code"]) == (409, "too_many_attachments")
    assert len(sidecar.app_files()) == 1


async def test_attachments_count_as_storage(
    sidecar: Sidecar, client: aiohttp.ClientSession, fresh_database_url: str
) -> None:
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:  # as the operator does
        connection.execute("UPDATE tenants SET storage_limit_bytes = %s", (len(LETTER) + 10,))
    path = f"/api/conversations/{await sidecar.insert('conversations')}/attachments"
    assert (await _attach(client, path))[0] == 201
    status, answer = await _attach(client, path)
    assert (status, answer["code"]) == (409, "storage_limit")
    async with client.get(f"/api/tenants/{sidecar.identity.tenant_id}/usage") as response:
        assert (await response.json())["storage_bytes"] == len(LETTER)
