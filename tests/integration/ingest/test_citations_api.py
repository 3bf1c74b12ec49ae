"""The references of a message over HTTP."""

from __future__ import annotations

import json

import aiohttp
import pytest

from ingest.keys import DATABASE
from store.ids import new_id
from tests.integration.ingest.conftest import Sidecar


async def _message(sidecar: Sidecar) -> tuple[str, str]:
    """A message that quotes two documents, one of which is gone; returns its id and the living document's."""
    document = await sidecar.insert("documents")
    citations = [
        {"document_id": document, "title": "Old title", "quote": "Breakfast is served from 7.", "relevance": 90},
        {"document_id": str(new_id()), "title": "Gone list", "quote": "Parking costs 12 euros.", "relevance": 70},
    ]
    async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
        await connection.execute(
            "UPDATE documents SET title = 'House rules', source = %s WHERE id = %s",
            (json.dumps({"authors": ["Jane Smith"], "year": "2021"}), document),
        )
    said = "Breakfast is served from 7. Parking costs 12 euros."
    return await sidecar.insert_message(said, json.dumps(citations)), document


async def test_a_message_has_numbered_references(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    message, document = await _message(sidecar)
    async with client.get(f"/api/messages/{message}/citations", params={"style": "mla"}) as response:
        found = await response.json()
    assert response.status == 200
    assert found["text"] == "Breakfast is served from 7 [1]. Parking costs 12 euros [2]."
    assert [item["number"] for item in found["items"]] == [1, 2]
    assert found["items"][0]["source_id"] == document
    assert found["items"][0]["in_text"] == "(Smith)"
    assert found["items"][0]["citations"][0]["quote"] == "Breakfast is served from 7."
    assert found["items"][1]["title"] == "Gone list"
    assert found["bibliography"].startswith("[1] Smith, Jane.")


@pytest.mark.parametrize(
    ("style", "beginning"), [("bibtex", "@misc{smith2021,"), ("ris", "TY  - GEN"), ("csl", "[\n  {")]
)
async def test_references_go_into_other_programs(
    sidecar: Sidecar, client: aiohttp.ClientSession, style: str, beginning: str
) -> None:
    message, _ = await _message(sidecar)
    async with client.get(f"/api/messages/{message}/citations", params={"style": style}) as response:
        assert (await response.json())["bibliography"].startswith(beginning)


async def test_another_tenants_message_and_an_unknown_style_are_refused(
    sidecar: Sidecar, client: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    message, _ = await _message(sidecar)
    async with stranger.get(f"/api/messages/{message}/citations") as response:
        assert response.status == 404
        assert (await response.json())["code"] == "message_not_found"
    async with client.get(f"/api/messages/{message}/citations", params={"style": "harvard"}) as response:
        assert response.status == 422


async def test_a_conversation_has_each_source_once_by_its_first_mention(
    sidecar: Sidecar, client: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    message, document = await _message(sidecar)
    async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
        again = await (
            await connection.execute(
                "INSERT INTO messages (id, tenant_id, conversation_id, role, text, citations, created_at) "
                "SELECT %s, tenant_id, conversation_id, role, text, citations || %s::jsonb, now() "
                "FROM messages WHERE id = %s RETURNING conversation_id",
                (new_id(), json.dumps([{"document_id": str(new_id()), "title": "Third"}]), message),
            )
        ).fetchone()
    assert again is not None
    path = f"/api/conversations/{again['conversation_id']}/citations"
    async with client.get(path, params={"style": "bibtex"}) as response:
        found = await response.json()
    assert response.status == 200
    titles = [(item["number"], item["title"]) for item in found["items"]]
    assert titles == [(1, "House rules"), (2, "Gone list"), (3, "Third")]
    assert found["items"][0]["source_id"] == document
    assert found["bibliography"].count("@misc{smith2021,") == 1
    async with stranger.get(path) as response:
        assert (response.status, (await response.json())["code"]) == (404, "conversation_not_found")


async def test_an_attached_file_is_a_source_by_its_name(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    attachment = str(new_id())
    quoted = {"document_id": attachment, "title": "letter.pdf", "quote": "Your room is 214.", "relevance": 90}
    citations = json.dumps([{**quoted, "source_type": "attachment"}])
    message = await sidecar.insert_message("Your room is 214.", citations)
    async with client.get(f"/api/messages/{message}/citations") as response:
        found = await response.json()
    (item,) = found["items"]
    assert (item["source_type"], item["source_id"], item["title"]) == ("attachment", attachment, "letter.pdf")
    assert found["text"] == "Your room is 214 [1]."
    assert "letter.pdf" in found["bibliography"]
