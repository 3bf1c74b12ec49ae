"""Personas over HTTP: who may do what, what is refused and why, versions, the trash, and what is told live."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from yarl import URL

from store.database import Database
from store.identity import ALL_SCOPES
from store.ids import new_id
from tests.integration.ingest.conftest import Sidecar, make_key
from tests.integration.ingest.people import make_person

FULL = {
    "name": "Grüne Küche",
    "kind": "receptionist",
    "language": "de-AT",
    "greeting": "Grüß Gott.",
    "voice": "joe",
    "prompt": "Be brief.",
    "toolsets": ["knowledge", "calendar", "knowledge"],
    "business_hours": {"timezone": "Europe/Vienna", "mon": [["08:00", "12:00"], ["12:00", "24:00"]], "sun": []},
    "escalation_contacts": [{"name": "Ada", "phone": "+43 (1) 234-567", "email": "ada@example.com"}],
    "limits": {"call_minutes": 240},
    "pronunciations": [{"written": "Xiomara", "spoken": "see oh mara"}, {"written": "Gürtel", "spoken": "gear tell"}],
    "patience": 1.5,
    "patience_by_question": {"digits": 2.0, "yes_no": 0.5},
}


async def ask(
    client: aiohttp.ClientSession, method: str, path: str = "", body: object = None
) -> tuple[int, dict[str, Any]]:
    async with client.request(method, f"/api/personas{path}", json=body) as response:
        text = await response.read()
        return response.status, json.loads(text) if text else {}


async def make(client: aiohttp.ClientSession, name: str = "Ada", **more: Any) -> dict[str, Any]:
    status, made = await ask(client, "POST", "", {"name": name, **more})
    assert status == 201, made
    return made


async def as_role(sidecar: Sidecar, database: Database, role: str) -> aiohttp.ClientSession:
    person = await make_person(database, sidecar.identity, f"{role}@demo.test", password=None, role=role)
    return sidecar.client(await make_key(database, replace(person, scopes=ALL_SCOPES)))


@pytest.fixture
async def viewer(sidecar: Sidecar, database: Database) -> AsyncIterator[aiohttp.ClientSession]:
    async with await as_role(sidecar, database, "viewer") as client:
        yield client


async def test_a_persona_is_kept_as_it_was_sent_and_tidied(client: aiohttp.ClientSession) -> None:
    made = await make(client, **{**FULL, "name": "  Grüne Küche "})
    assert made["slug"] == "grune-kuche"
    assert made["toolsets"] == ["knowledge", "calendar"]
    assert made["business_hours"] == FULL["business_hours"]
    assert made["escalation_contacts"] == [{"name": "Ada", "phone": "+431234567", "email": "ada@example.com"}]
    assert (made["pronunciations"], made["patience"]) == (FULL["pronunciations"], 1.5)
    assert made["patience_by_question"] == FULL["patience_by_question"]
    assert (made["version"], made["is_default"], made["deleted_at"]) == (1, False, None)
    assert made["updated_at"].startswith("2026-11-21T09:00")
    for name in (made["id"], "grune-kuche"):
        assert await ask(client, "GET", f"/{name}") == (200, made)
    assert (await ask(client, "GET"))[1]["items"] == [made]


async def test_names_make_slugs_that_are_free(client: aiohttp.ClientSession) -> None:
    slugs = [
        (await make(client, name))["slug"] for name in ("Ada", "ada!", "日本", "Choices", str(new_id()), "x" * 100)
    ]
    assert slugs == ["ada", "ada-2", "persona", "persona-2", "persona-3", "x" * 63]
    status, problem = await ask(client, "POST", "", {"name": "Eve", "slug": "ada"})
    assert (status, problem["code"]) == (409, "slug_taken")
    assert (await make(client, "Eve", slug=""))["slug"] == "eve"


WRONG: dict[str, list[Any]] = {
    "name": ["", " ", "x" * 101, "two\nlines", None],
    "slug": ["Upper", "-a", "a" * 64, "choices", "00000000-0000-0000-0000-000000000000"],
    "kind": ["doctor"],
    "language": ["", "english please", "e", "en_US"],
    "greeting": ["x" * 1001],
    "prompt": ["x" * 20_001],
    "voice": ["nobody"],
    "toolsets": [["nothing"], "calendar"],
    "business_hours": [
        {"mon": [["09:00", "09:00"]]},
        {"mon": [["17:00", "09:00"]]},
        {"mon": [["09:00", "12:00"], ["11:00", "13:00"]]},
        {"mon": [["13:00", "14:00"], ["09:00", "10:00"]]},
        {"mon": [["9:00", "10:00"]]},
        {"mon": [["24:00", "24:00"]]},
        {"mon": [["09:00", "25:00"]]},
        {"mon": [["09:00"]]},
        {"monday": []},
        {"timezone": "Mars/Base"},
        {"timezone": "../../etc/passwd"},
    ],
    "escalation_contacts": [
        [{"name": "Ada"}],
        [{"phone": "+4912345"}],
        [{"name": "Ada", "phone": "call me"}],
        [{"name": "Ada", "email": "nowhere"}],
        [{"name": "Ada", "phone": "110"}] * 21,
    ],
    "limits": [{"call_minutes": 0}, {"call_minutes": True}, {"call_minutes": "5"}, {"call_minutes": 241}, {"calls": 1}],
    "pronunciations": [
        [{"written": "Ada"}],
        [{"written": "Ada", "spoken": " "}],
        [{"written": "two\nlines", "spoken": "x"}],
        [{"written": "x" * 121, "spoken": "x"}],
        [{"written": "Ada", "spoken": "x"}, {"written": " ada ", "spoken": "y"}],
        [{"written": f"w{n}", "spoken": "x"} for n in range(201)],
    ],
    "patience": [0.4, 2.1, "1", True, None],
    "patience_by_question": [{"digits": 0.4}, {"digits": 2.1}, {"digits": "1"}, {"nothing": 1.0}, [], 1.0, None],
    "version_": [1],
}


@pytest.mark.parametrize("field", WRONG)
async def test_what_makes_no_sense_is_refused_with_its_field(client: aiohttp.ClientSession, field: str) -> None:
    for value in WRONG[field]:
        status, problem = await ask(client, "POST", "", {"name": "Ada", field: value})
        assert (status, problem["code"]) == (422, "invalid"), f"{field}: {value!r}"
        assert problem["errors"][0]["field"].split(".")[0] == field
    assert (await ask(client, "GET"))[1]["items"] == []


async def test_a_change_makes_a_version_and_only_of_the_current_one(client: aiohttp.ClientSession) -> None:
    made = await make(client, **FULL)
    path = f"/{made['id']}"
    _, changed = await ask(client, "PATCH", path, {"greeting": "Servus.", "version": 1})
    assert changed == {**made, "greeting": "Servus.", "version": 2, "updated_at": changed["updated_at"]}
    status, problem = await ask(client, "PATCH", path, {"greeting": "Hallo.", "version": 1})
    assert (status, problem["code"]) == (409, "changed_meanwhile")
    assert (await ask(client, "PATCH", path, {"greeting": "Servus.", "version": 2}))[1]["version"] == 2
    _, versions = await ask(client, "GET", f"{path}/versions")
    assert [(one["version"], one["persona"]["greeting"]) for one in versions["items"]] == [
        (2, "Servus."),
        (1, "Grüß Gott."),
    ]
    assert versions["items"][0]["created_by"]["name"] == "demo owner"


async def test_two_changes_of_one_version_are_one_change(client: aiohttp.ClientSession) -> None:
    made = await make(client)
    answers = await asyncio.gather(
        *(ask(client, "PATCH", f"/{made['id']}", {"greeting": str(number), "version": 1}) for number in range(4))
    )
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409]


async def test_versions_come_page_by_page_and_can_be_brought_back(client: aiohttp.ClientSession) -> None:
    made = await make(client)
    path = f"/{made['id']}"
    for number in range(4):
        await ask(client, "PATCH", path, {"greeting": f"Hello {number}."})
    _, first = await ask(client, "GET", f"{path}/versions?limit=3")
    _, second = await ask(client, "GET", f"{path}/versions?limit=3&cursor={first['next_cursor']}")
    assert [one["version"] for one in [*first["items"], *second["items"]]] == [5, 4, 3, 2, 1]
    assert second["next_cursor"] is None
    _, back = await ask(client, "POST", f"{path}/versions/2/restore")
    assert (back["version"], back["greeting"]) == (6, "Hello 0.")
    for number in ("9", "0", "-1", "x", "99999999999999999999", "²"):
        status, problem = await ask(client, "POST", f"{path}/versions/{number}/restore")
        assert (status, problem["code"]) == (404, "persona_version_not_found"), number
    foreign = (await ask(client, "GET", "?limit=1"))[1]["items"][0]["id"]
    assert foreign == made["id"]
    assert (await ask(client, "GET", f"{path}/versions?cursor=bm9uZQ=="))[0] == 422


async def test_a_version_whose_toolset_is_gone_is_not_brought_back(
    client: aiohttp.ClientSession, sidecar: Sidecar, database: Database
) -> None:
    made = await make(client)
    await ask(client, "PATCH", f"/{made['id']}", {"greeting": "Hi."})
    async with database.transaction(sidecar.identity) as connection:
        await connection.execute(
            """UPDATE persona_versions SET persona = persona || '{"toolsets": ["fax"]}' WHERE version = 1"""
        )
    status, problem = await ask(client, "POST", f"/{made['id']}/versions/1/restore")
    assert (status, problem["code"]) == (422, "unknown_toolset")
    assert (await ask(client, "GET", f"/{made['id']}"))[1]["version"] == 2


async def test_the_default_moves_and_stays_somewhere(client: aiohttp.ClientSession) -> None:
    first, second = await make(client, "Ada", is_default=True), await make(client, "Eve")
    _, moved = await ask(client, "PATCH", f"/{second['id']}", {"is_default": True})
    assert (moved["is_default"], moved["version"]) == (True, 1)
    listed = (await ask(client, "GET"))[1]["items"]
    assert [(one["slug"], one["is_default"]) for one in listed] == [("eve", True), ("ada", False)]
    for method, path, code in (
        ("DELETE", f"/{second['id']}", "default_persona"),
        ("DELETE", f"/{second['id']}?purge=true", "default_persona"),
    ):
        status, problem = await ask(client, method, path)
        assert (status, problem["code"]) == (409, code)
    status, problem = await ask(client, "PATCH", f"/{second['id']}", {"is_default": False})
    assert (status, problem["code"]) == (409, "default_needed")
    answers = await asyncio.gather(
        ask(client, "PATCH", f"/{first['id']}", {"is_default": True}), ask(client, "DELETE", f"/{second['id']}")
    )
    assert [status for status, _ in answers] in ([200, 204], [200, 409])
    assert sum(one["is_default"] for one in (await ask(client, "GET"))[1]["items"]) == 1


async def test_a_deleted_persona_waits_in_the_trash(client: aiohttp.ClientSession) -> None:
    made = await make(client)
    path = f"/{made['id']}"
    assert await ask(client, "DELETE", path) == (204, {})
    assert (await ask(client, "GET"))[1]["items"] == []
    [there] = (await ask(client, "GET", "?deleted=true"))[1]["items"]
    assert (there["id"], bool(there["deleted_at"])) == (made["id"], True)
    for method, rest in (("GET", ""), ("PATCH", ""), ("GET", "/versions")):
        body = {"name": "X"} if method == "PATCH" else None
        assert (await ask(client, method, path + rest, body))[0] == 404
    again = await make(client)
    status, problem = await ask(client, "POST", f"{path}/restore")
    assert (status, problem["code"]) == (409, "slug_taken")
    await ask(client, "PATCH", f"/{again['id']}", {"slug": "eve"})
    assert await ask(client, "POST", f"{path}/restore") == (200, made)
    assert await ask(client, "DELETE", f"{path}?purge=true") == (204, {})
    assert (await ask(client, "POST", f"{path}/restore"))[0] == 404


async def test_the_choices_are_what_is_taken(client: aiohttp.ClientSession) -> None:
    _, choices = await ask(client, "GET", "/choices")
    assert set(choices) == {"kinds", "toolsets", "languages", "voices"}
    for kind in choices["kinds"]:
        await make(client, kind=kind, toolsets=[one["name"] for one in choices["toolsets"]], voice=choices["voices"][0])
    for language in choices["languages"]:
        await make(client, language=language)


async def test_a_viewer_reads_and_changes_nothing(client: aiohttp.ClientSession, viewer: aiohttp.ClientSession) -> None:
    made = await make(client)
    path = f"/{made['id']}"
    assert await ask(viewer, "GET", path) == (200, {**made, "prompt": None, "escalation_contacts": None})
    for method, rest, body in (
        ("POST", "", {"name": "X"}),
        ("PATCH", path, {"name": "X"}),
        ("DELETE", path, None),
        ("POST", f"{path}/restore", None),
        ("GET", f"{path}/versions", None),
        ("POST", f"{path}/versions/1/restore", None),
    ):
        status, problem = await ask(viewer, method, rest, body)
        assert (status, problem["code"]) == (403, "missing_scope"), f"{method} {rest}"


async def test_an_editor_may_change_them(sidecar: Sidecar, database: Database, client: aiohttp.ClientSession) -> None:
    async with await as_role(sidecar, database, "editor") as editor:
        made = await make(editor)
        assert (await ask(editor, "PATCH", f"/{made['id']}", {"name": "X"}))[0] == 200
        assert (await ask(editor, "DELETE", f"/{made['id']}"))[0] == 204


async def test_to_another_tenant_a_persona_is_as_unknown_as_none(
    client: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    made = await make(client)
    for method, rest, body in (
        ("GET", "", None),
        ("PATCH", "", {"name": "X"}),
        ("DELETE", "", None),
        ("DELETE", "?purge=true", None),
        ("POST", "/restore", None),
        ("GET", "/versions", None),
        ("POST", "/versions/1/restore", None),
    ):
        theirs = await ask(stranger, method, f"/{made['id']}{rest}", body)
        nobodys = await ask(stranger, method, f"/{new_id()}{rest}", body)
        assert theirs[0] == nobodys[0] == 404
        assert {**theirs[1], "request_id": ""} == {**nobodys[1], "request_id": ""}
    assert (await ask(stranger, "GET", "/ada"))[0] == 404
    assert (await ask(stranger, "GET"))[1]["items"] == []
    assert (await ask(client, "GET", f"/{made['id']}"))[1] == made


@pytest.mark.parametrize("slug", ["%00", "%ED%A0%80", "..%2f..", "x" * 300, "%F0%9F%98%80", "a%20b"])
async def test_an_odd_name_is_an_unknown_persona(sidecar: Sidecar, client: aiohttp.ClientSession, slug: str) -> None:
    async with client.get(URL(f"{sidecar.url}/api/personas/{slug}", encoded=True)) as response:
        assert response.status == 404


async def test_changes_are_told_to_whoever_is_signed_in(
    client: aiohttp.ClientSession, viewer: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    async with viewer.get("/api/events") as stream:
        await stream.content.readuntil(b"listening\n\n")
        await make(stranger, "Not for you")
        made = await make(client)
        await ask(client, "PATCH", f"/{made['id']}", {"greeting": "Hi."})
        await ask(client, "DELETE", f"/{made['id']}")
        heard: list[tuple[str, str]] = []
        while len(heard) < 3:
            event = (await stream.content.readuntil(b"\n\n")).decode()
            if event.startswith("event: "):
                kind, _, data = event.partition("\ndata: ")
                heard.append((kind.removeprefix("event: "), json.loads(data)["id"]))
    assert heard == [(f"persona.{what}", made["id"]) for what in ("created", "updated", "deleted")]


async def test_a_persona_of_nobody_in_particular_is_the_tenants_own(
    sidecar: Sidecar, client: aiohttp.ClientSession
) -> None:
    """A row made by other means (an earlier version) is shown and can be changed like any other."""
    persona_id = await sidecar.insert("personas")
    _, changed = await ask(client, "PATCH", f"/{persona_id}", {"greeting": "Hi."})
    assert (changed["version"], changed["is_default"]) == (2, True)
    assert len((await ask(client, "GET", f"/{persona_id}/versions"))[1]["items"]) == 2
