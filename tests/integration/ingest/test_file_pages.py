"""What stands in a file, over HTTP: its pages as text, and the original bytes so that they can harm nobody."""

from __future__ import annotations

import aiohttp
import pytest

from tests.integration.ingest.conftest import Sidecar, Upload, make_pdf

HTML = b"<!doctype html><html><head><title>Terms</title></head><body><h1>Terms</h1><p>Pay in time.</p></body></html>"


async def test_pages_are_listed_and_read_with_their_places(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    _, one = await upload(make_pdf("Breakfast#\nIt is served from seven.", "Dinner#\nIt is served from six."), "m.pdf")
    path = f"/api/files/{one['upload_id']}"
    async with client.get(f"{path}/pages") as response:
        assert (await response.json())["items"] == []
    await sidecar.work_off()
    async with client.get(f"{path}/pages") as response:
        items = (await response.json())["items"]
    assert [item["number"] for item in items] == [1, 2]
    async with client.get(f"{path}/pages/2") as response:
        page = await response.json()
    assert "from six" in page["text"]
    assert len(page["text"]) == items[1]["characters"]
    assert page["headings"][0]["text"] == "Dinner"
    assert all(len(region["box"]) == 4 for region in page["regions"])
    for number in ("3", "0", "x", "99999999999999999999"):
        async with client.get(f"{path}/pages/{number}") as response:
            assert (response.status, (await response.json())["code"]) == (404, "page_not_found")


async def test_the_original_is_saved_and_never_shown(client: aiohttp.ClientSession, upload: Upload) -> None:
    _, one = await upload(HTML, "Größe & 'Terms'.html")
    async with client.get(f"/api/files/{one['upload_id']}/content") as response:
        assert response.status == 200
        assert await response.read() == HTML
        headers = response.headers
    assert headers["Content-Type"] == "text/html"
    assert headers["Content-Disposition"].startswith('attachment; filename="')
    assert "filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%26%20%27Terms%27.html" in headers["Content-Disposition"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cache-Control"].startswith("private")


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-8", 206, HTML[:9]),
        ("bytes=9-", 206, HTML[9:]),
        ("bytes=-7", 206, HTML[-7:]),
        ("bytes=5-99999", 206, HTML[5:]),
        ("bytes=0-", 200, HTML),
        ("lines=1-2", 200, HTML),
        ("bytes=99999-", 416, None),
    ],
)
async def test_a_part_of_the_original_can_be_asked_for(
    client: aiohttp.ClientSession, upload: Upload, asked: str, status: int, part: bytes | None
) -> None:
    _, one = await upload(HTML, "terms.html")
    async with client.get(f"/api/files/{one['upload_id']}/content", headers={"Range": asked}) as response:
        assert response.status == status
        if part is not None:
            assert await response.read() == part


async def test_a_file_that_is_gone_is_said_to_be(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    _, one = await upload(HTML, "terms.html")
    for path in sidecar.app_files():
        path.unlink()
    async with client.get(f"/api/files/{one['upload_id']}/content") as response:
        assert (response.status, (await response.json())["code"]) == (404, "file_missing")
