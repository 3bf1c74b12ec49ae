"""What stands in a conversation's file, over HTTP: the original, pictures of its pages; gone with its conversation."""

from __future__ import annotations

import io
import os
import time
from dataclasses import replace
from typing import Any
from uuid import UUID

import aiohttp
import pytest
from PIL import Image

from ingest.documents.orphans import OLD_S, remove_orphans
from ingest.keys import DATABASE, FILES, PURGER
from ingest.purge import Purger
from store.clock import SystemClock
from store.ids import new_id
from tests.integration.ingest.conftest import Sidecar, make_pdf

HTML = b"<!doctype html><html><head><title>Letter</title></head><body><p>Pay in time.</p></body></html>"


async def attach(
    sidecar: Sidecar, client: aiohttp.ClientSession, content: bytes, name: str, conversation: str = ""
) -> dict[str, Any]:
    """Attached and read."""
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(content), filename=name)
    path = f"/api/conversations/{conversation or await sidecar.insert('conversations')}/attachments"
    async with client.post(path, data=form) as response:
        assert response.status == 201
        attached = await response.json()
    await sidecar.work_off()
    return attached


async def delete_conversation(sidecar: Sidecar, conversation: str, days_ago: int) -> None:
    async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
        await connection.execute(
            "UPDATE conversations SET deleted_at = now() - make_interval(days => %s) WHERE id = %s",
            (days_ago, UUID(conversation)),
        )


def size_of(picture: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(picture), formats=["WEBP"]) as image:
        return image.size


async def test_the_original_is_saved_and_never_shown(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    one = await attach(sidecar, client, HTML, "Größe.html")
    path = f"/api/attachments/{one['id']}/download"
    async with client.get(path) as response:
        assert (response.status, await response.read()) == (200, HTML)
        headers = response.headers
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''Gr%C3%B6%C3%9Fe.html" in headers["Content-Disposition"]
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    async with client.get(path, headers={"Range": "bytes=5-8"}) as response:
        assert (response.status, await response.read()) == (206, HTML[5:9])
    async with client.get(path, headers={"Range": "bytes=9999-"}) as response:
        assert response.status == 416


async def test_one_that_could_not_be_read_is_still_downloaded(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    one = await attach(sidecar, client, b"%PDF-1.7\nnothing in it", "broken.pdf")
    async with client.get(f"/api/attachments/{one['id']}/download") as response:
        assert (response.status, await response.read()) == (200, b"%PDF-1.7\nnothing in it")
    async with client.get(f"/api/attachments/{one['id']}/thumbnail") as response:
        assert (response.status, (await response.json())["code"]) == (404, "no_preview")


async def test_one_whose_stored_file_is_lost_says_so(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    one = await attach(sidecar, client, make_pdf("A page."), "lost.pdf")
    for path in sidecar.app_files():
        path.unlink()
    for what in ("download", "thumbnail", "pages/1/image"):
        async with client.get(f"/api/attachments/{one['id']}/{what}") as response:
            assert (response.status, (await response.json())["code"]) == (404, "file_missing")


async def test_its_pages_are_shown(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    one = await attach(sidecar, client, make_pdf("The first page.", "The second page."), "letter.pdf")
    async with client.get(f"/api/attachments/{one['id']}/thumbnail") as response:
        assert (response.status, response.headers["Content-Type"]) == (200, "image/webp")
        assert max(size_of(await response.read())) <= 320
        tag = response.headers["ETag"]
    async with client.get(f"/api/attachments/{one['id']}/thumbnail", headers={"If-None-Match": tag}) as response:
        assert response.status == 304
    async with client.get(f"/api/attachments/{one['id']}/pages/2/image?width=600") as response:
        assert response.status == 200
        assert abs(size_of(await response.read())[0] - 640) <= 1
    async with client.get(f"/api/attachments/{one['id']}/pages/3/image") as response:
        assert (response.status, (await response.json())["code"]) == (404, "page_not_found")


async def test_text_has_no_picture(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    one = await attach(sidecar, client, b"Nothing but words in a text of its own.", "letter.txt")
    for path in ("thumbnail", "pages/1/image"):
        async with client.get(f"/api/attachments/{one['id']}/{path}") as response:
            assert (response.status, (await response.json())["code"]) == (404, "no_preview")


@pytest.mark.parametrize("what", ["download", "thumbnail", "pages/1/image"])
async def test_nobody_elses(
    sidecar: Sidecar, client: aiohttp.ClientSession, stranger: aiohttp.ClientSession, what: str
) -> None:
    one = await attach(sidecar, client, make_pdf("A page."), "letter.pdf")
    async with stranger.get(f"/api/attachments/{one['id']}/{what}") as response:
        assert (response.status, (await response.json())["code"]) == (404, "attachment_not_found")
    async with client.get(f"/api/files/{one['id']}/{what.replace('download', 'content')}") as response:
        assert response.status == 404


async def test_removing_it_takes_its_pictures_too(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    one = await attach(sidecar, client, make_pdf("A page."), "letter.pdf")
    async with client.get(f"/api/attachments/{one['id']}/thumbnail"):
        assert len(sidecar.app_files()) == 2
    async with client.delete(f"/api/attachments/{one['id']}") as response:
        assert response.status == 204
    assert sidecar.app_files() == []


async def test_in_a_deleted_conversation_nothing_can_be_seen(sidecar: Sidecar, client: aiohttp.ClientSession) -> None:
    one = await attach(sidecar, client, make_pdf("A page."), "letter.pdf")
    await delete_conversation(sidecar, one["conversation_id"], 1)
    for what in ("", "/download", "/thumbnail", "/pages/1/image"):
        async with client.get(f"/api/attachments/{one['id']}{what}") as response:
            assert response.status == 404


async def test_a_conversation_deleted_for_good_takes_its_files_with_it(
    sidecar: Sidecar, client: aiohttp.ClientSession
) -> None:
    gone = await attach(sidecar, client, make_pdf("A page."), "gone.pdf")
    young = await attach(sidecar, client, b"Deleted yesterday.", "young.txt")
    alive = await attach(sidecar, client, b"Of a living conversation.", "alive.txt")
    async with client.get(f"/api/attachments/{gone['id']}/thumbnail") as response:
        assert response.status == 200
    await delete_conversation(sidecar, gone["conversation_id"], 31)
    await delete_conversation(sidecar, young["conversation_id"], 1)
    await Purger(sidecar.app[DATABASE], sidecar.app[FILES], SystemClock(), trash_days=30).round()
    left = {path.name for path in sidecar.app_files() if path.name != ".lock"}
    assert left == {young["id"], alive["id"]}


async def test_the_sweep_keeps_what_is_attached_and_takes_what_is_not_any_more(
    sidecar: Sidecar, client: aiohttp.ClientSession
) -> None:
    kept = await attach(sidecar, client, make_pdf("A page."), "kept.pdf")
    async with client.get(f"/api/attachments/{kept['id']}/thumbnail") as response:
        assert response.status == 200
    lost = await attach(sidecar, client, b"Its row is lost.", "lost.txt")
    async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
        await connection.execute("DELETE FROM attachments WHERE id = %s", (UUID(lost["id"]),))
    now = time.time()
    for path in sidecar.app_files():
        os.utime(path, (now - OLD_S - 60, now - OLD_S - 60))
    assert await remove_orphans(sidecar.app[DATABASE], sidecar.app[FILES], now=now) == 1
    left = {path.name.split(".")[0] for path in sidecar.app_files() if path.name != ".lock"}
    assert left == {kept["id"]}


async def test_a_purged_tenant_leaves_none(
    sidecar: Sidecar, client: aiohttp.ClientSession, stranger: aiohttp.ClientSession
) -> None:
    async with sidecar.app[DATABASE].system() as connection:
        await connection.execute("SELECT appoint_operator(%s)", (sidecar.identity.tenant_id,))
    async with stranger.get("/api/me") as response:
        theirs = (await response.json())["tenant"]["id"]
    mine = await attach(sidecar, client, b"Of the tenant that stays.", "mine.txt")
    other = aiohttp.FormData()
    other.add_field("file", io.BytesIO(b"Of the tenant that goes."), filename="theirs.txt")
    conversation = await _conversation_of(sidecar, UUID(theirs))
    async with stranger.post(f"/api/conversations/{conversation}/attachments", data=other) as response:
        assert response.status == 201
    async with sidecar.client() as operator, operator.delete(f"/api/tenants/{theirs}?purge=true") as response:
        assert response.status == 204
    await sidecar.app[PURGER].round()
    assert [path.name for path in sidecar.app_files() if path.name != ".lock"] == [mine["id"]]


async def _conversation_of(sidecar: Sidecar, tenant_id: UUID) -> UUID:
    conversation = new_id()
    owner = replace(sidecar.identity, tenant_id=tenant_id, user_id=None)
    async with sidecar.app[DATABASE].transaction(owner) as connection:
        await connection.execute(
            "INSERT INTO conversations (id, tenant_id, channel, started_at, heard_at) "
            "VALUES (%s, %s, 'web', now(), now())",
            (conversation, tenant_id),
        )
    return conversation
