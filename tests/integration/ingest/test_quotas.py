"""What a tenant may have in all: its stored files fit into its storage, however many are sent at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiohttp
import psycopg
import pytest

from ingest.keys import DATABASE
from store import quotas
from tests.integration.ingest.conftest import Sidecar, Upload
from tests.integration.ingest.sidecars import exchange

SetLimit = Callable[[int | None], None]


@pytest.fixture
def set_limit(sidecar: Sidecar, fresh_database_url: str) -> SetLimit:
    """As the operator does: the storage of the tenant demo in bytes."""

    def change(limit: int | None) -> None:
        with psycopg.connect(fresh_database_url, autocommit=True) as connection:
            connection.execute(
                "UPDATE tenants SET storage_limit_bytes = %s WHERE id = %s", (limit, sidecar.identity.tenant_id)
            )

    return change


def text(number: int, size: int = 10_000) -> bytes:
    return (f"{number:06}\n".encode() + b"a word " * size)[:size]


def stored(sidecar: Sidecar) -> int:
    return sum(path.parent.name == str(sidecar.identity.tenant_id) for path in sidecar.app_files())


async def used(sidecar: Sidecar) -> int:
    async with sidecar.app[DATABASE].transaction(sidecar.identity) as connection:
        return (await quotas.read_storage(connection, sidecar.identity)).used


async def test_a_file_that_does_not_fit_is_refused_in_numbers(
    sidecar: Sidecar, upload: Upload, set_limit: SetLimit
) -> None:
    set_limit(20_000)
    assert (await upload(text(1), "a.txt"))[0] == 201
    assert (await upload(text(2), "b.txt"))[0] == 201
    status, problem = await upload(text(3), "c.txt")
    assert (status, problem["code"]) == (409, "storage_limit")
    assert "19.5 kB of 19.5 kB are used and this needs" in problem["detail"]
    assert await used(sidecar) == 20_000
    assert stored(sidecar) == 2


async def test_room_is_there_again_after_deleting_and_after_the_limit_is_raised(
    client: aiohttp.ClientSession, upload: Upload, set_limit: SetLimit
) -> None:
    set_limit(10_000)
    _, first = await upload(text(1), "a.txt")
    assert (await upload(text(2), "b.txt"))[0] == 409
    async with client.delete(f"/api/files/{first['upload_id']}") as response:
        assert response.status == 204
    assert (await upload(text(2), "b.txt"))[0] == 201
    set_limit(None)
    assert (await upload(text(3), "c.txt"))[0] == 201
    set_limit(0)
    assert (await upload(text(4), "d.txt"))[0] == 409


async def test_many_uploads_at_once_never_take_more_than_there_is(
    sidecar: Sidecar, upload: Upload, set_limit: SetLimit
) -> None:
    set_limit(45_000)
    answers = await asyncio.gather(*(upload(text(number), f"{number}.txt") for number in range(12)))
    assert sorted(status for status, _ in answers) == [201] * 4 + [409] * 8
    assert await used(sidecar) == 40_000
    assert stored(sidecar) == 4


async def test_texts_count_as_files_do(client: aiohttp.ClientSession, set_limit: SetLimit) -> None:
    set_limit(100)
    body = {"title": "Hours", "text": "Breakfast is at eight. " * 10}
    async with client.post("/api/knowledge/ingest", json=body) as response:
        assert (response.status, (await response.json())["code"]) == (409, "storage_limit")


async def test_another_tenants_files_take_no_room(
    stranger: aiohttp.ClientSession, upload: Upload, set_limit: SetLimit
) -> None:
    async with stranger.post("/api/knowledge/ingest", json={"title": "T", "text": "word " * 5000}) as response:
        assert response.status == 202
    set_limit(10_000)
    assert (await upload(text(1), "a.txt"))[0] == 201


async def test_a_full_tenant_hears_it_before_the_file_is_sent(sidecar: Sidecar, set_limit: SetLimit) -> None:
    set_limit(100_000)
    head = (
        "POST /api/files/upload HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Authorization: Bearer {sidecar.key}\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        "Content-Length: 200000\r\n\r\n"
    )
    answer = await exchange(sidecar.url, head.encode(), until=b"storage_limit")
    assert answer.startswith(b"HTTP/1.1 409")


async def test_a_repeated_upload_needs_no_room(client: aiohttp.ClientSession, set_limit: SetLimit) -> None:
    set_limit(10_000)
    for _ in range(2):
        form = aiohttp.FormData()
        form.add_field("file", text(1), filename="a.txt")
        async with client.post("/api/files/upload", data=form, headers={"Idempotency-Key": "one"}) as response:
            assert response.status == 201
