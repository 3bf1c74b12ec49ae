"""Pictures of pages: drawn once in a child, kept sealed, seen by those who may see the file and by nobody else."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from PIL import Image

from ingest.documents import previews
from ingest.documents.model import PDF
from ingest.documents.previews import Previews, Source, snapped
from ingest.errors import Busy
from ingest.keys import PREVIEWS
from store.clock import FixedClock
from store.errors import NotFound
from store.files import LocalFiles
from store.seal import Keyring
from tests.contract.documents.pictures import as_bytes, printed
from tests.integration.ingest.conftest import Sidecar, Upload, make_pdf

CLOCK = FixedClock(datetime(2026, 11, 21, 9, tzinfo=UTC))
TEXT = "The guest house opens at seven in the morning and closes at ten. Breakfast is served until eleven."


async def ready(sidecar: Sidecar, upload: Upload, content: bytes, name: str) -> str:
    status, answer = await upload(content, name)
    assert status == 201, answer
    await sidecar.work_off()
    return answer["upload_id"]


async def fetched(
    client: aiohttp.ClientSession, path: str, **headers: str
) -> tuple[int, bytes, aiohttp.typedefs.LooseHeaders]:
    async with client.get(path, headers=headers) as response:
        return response.status, await response.read(), response.headers.copy()


def size_of(picture: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(picture), formats=["WEBP"]) as image:
        image.load()
        return image.size


async def test_a_page_of_a_pdf_is_shown(sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload) -> None:
    file_id = await ready(sidecar, upload, make_pdf(TEXT, f"{TEXT} Second page."), "house.pdf")
    status, picture, headers = await fetched(client, f"/api/files/{file_id}/pages/2/image?width=700")
    assert (status, headers["Content-Type"]) == (200, "image/webp")
    assert headers["Cache-Control"] == "private, max-age=600"
    width, height = size_of(picture)
    assert abs(width - 960) <= 1
    assert height == pytest.approx(width * 1.414, abs=3)
    other = (await fetched(client, f"/api/files/{file_id}/pages/1/image?width=700"))[1]
    assert other != picture


async def test_what_is_known_is_not_sent_again(sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload) -> None:
    file_id = await ready(sidecar, upload, make_pdf(TEXT), "house.pdf")
    path = f"/api/files/{file_id}/thumbnail"
    status, picture, headers = await fetched(client, path)
    assert (status, max(size_of(picture)) <= 320) == (200, True)
    again = await fetched(client, path, **{"If-None-Match": headers["ETag"]})
    assert (again[0], again[1]) == (304, b"")
    assert (await fetched(client, path, **{"If-None-Match": '"something else"'}))[0] == 200


async def test_a_picture_is_drawn_once_and_goes_with_its_file(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_id = await ready(sidecar, upload, make_pdf(TEXT), "house.pdf")
    before = len(sidecar.app_files())
    path = f"/api/files/{file_id}/pages/1/image?width=960"
    first = (await fetched(client, path))[1]
    assert len(sidecar.app_files()) == before + 1

    async def never(*_: object) -> bytes:
        raise AssertionError("drawn twice")

    monkeypatch.setattr(sidecar.app[PREVIEWS], "_draw", never)
    assert (await fetched(client, path))[1] == first
    async with client.delete(f"/api/files/{file_id}") as response:
        assert response.status == 204
    assert sidecar.app_files() == []


async def test_a_page_is_kept_in_one_width_however_many_are_asked_for(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    file_id = await ready(sidecar, upload, make_pdf(TEXT), "house.pdf")
    before = len(sidecar.app_files())
    widths: list[int] = []
    for width in (960, 640, 1280):
        picture = (await fetched(client, f"/api/files/{file_id}/pages/1/image?width={width}"))[1]
        widths.append(round(size_of(picture)[0], -1))
    assert widths == [960, 640, 1280]
    assert len(sidecar.app_files()) == before + 1


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
async def test_a_picture_is_shown_itself(
    form: str, sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    image = printed().resize((620, 877))
    file_id = await ready(sidecar, upload, as_bytes(image, form), f"letter.{form.lower()}")
    status, picture, _ = await fetched(client, f"/api/files/{file_id}/pages/1/image?width=1280")
    assert (status, size_of(picture)) == (200, (620, 877))


async def test_there_is_no_picture_of_text_or_of_a_page_too_many(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload
) -> None:
    text = await ready(sidecar, upload, TEXT.encode(), "house.txt")
    pdf = await ready(sidecar, upload, make_pdf(TEXT), "house.pdf")
    codes: list[tuple[int, str]] = []
    for path in (
        f"{text}/pages/1/image",
        f"{text}/thumbnail",
        f"{pdf}/pages/2/image",
        f"{pdf}/pages/0/image",
        f"{pdf}/pages/one/image",
        f"{pdf}/pages/99999999999999999999/image",
        f"{uuid4()}/pages/1/image",
        f"{uuid4()}/thumbnail",
    ):
        async with client.get(f"/api/files/{path}") as response:
            body: dict[str, Any] = await response.json()
            codes.append((response.status, body["code"]))
    assert codes == [
        (404, "no_preview"),
        (404, "no_preview"),
        *[(404, "page_not_found")] * 4,
        *[(404, "document_not_found")] * 2,
    ]


async def test_nothing_is_drawn_before_a_file_was_read(client: aiohttp.ClientSession, upload: Upload) -> None:
    _, answer = await upload(make_pdf(TEXT), "house.pdf")
    status, body, _ = await fetched(client, f"/api/files/{answer['upload_id']}/thumbnail")
    assert (status, b"no_preview" in body) == (404, True)


async def test_another_tenant_sees_nothing(
    sidecar: Sidecar, client: aiohttp.ClientSession, stranger: aiohttp.ClientSession, upload: Upload
) -> None:
    file_id = await ready(sidecar, upload, make_pdf(TEXT), "house.pdf")
    _, _, headers = await fetched(client, f"/api/files/{file_id}/thumbnail")  # it is kept now
    for path in (f"/api/files/{file_id}/thumbnail", f"/api/files/{file_id}/pages/1/image"):
        assert (await fetched(stranger, path, **{"If-None-Match": headers["ETag"]}))[0] == 404


# ---------------------------------------------------------------- without HTTP


async def kept(tmp_path: Path, content: bytes, pages: int = 1, kind: str = PDF) -> tuple[LocalFiles, Source]:
    files = LocalFiles(tmp_path / "files", Keyring.from_text("k" * 64))
    await files.prepare()
    tenant_id, file_id = uuid4(), uuid4()

    async def whole() -> Any:
        yield content

    await files.write(tenant_id, file_id, whole())
    return files, Source(tenant_id, file_id, files.key(tenant_id, file_id), kind, len(content), pages)


async def test_who_waits_too_long_is_told_when_to_come_again(tmp_path: Path) -> None:
    files, source = await kept(tmp_path, make_pdf(TEXT))
    busy = Previews(files, CLOCK, at_once=1, wait_s=0.01)
    async with busy._turns.turn(source.tenant_id):  # pyright: ignore[reportPrivateUsage]
        with pytest.raises(Busy) as told:
            await busy.thumbnail(source)
    assert told.value.retry_after_s > 0
    assert await busy.thumbnail(source)


async def test_only_a_few_are_drawn_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, source = await kept(tmp_path, make_pdf(*[TEXT] * 5), pages=5)
    makers, now, most, enough = Previews(files, CLOCK, at_once=2, wait_s=30), 0, 0, asyncio.Event()
    tenants = [replace(source, tenant_id=uuid4()) for _ in range(5)]

    async def draw(*_: object) -> bytes:
        nonlocal now, most
        now += 1
        most = max(most, now)
        if now == 2:
            enough.set()
        await enough.wait()  # for a second one, the first time
        now -= 1
        return b"picture"

    monkeypatch.setattr(makers, "_draw", draw)
    await asyncio.gather(*(makers.page(one, number, 320) for number, one in enumerate(tenants, 1)))
    assert most == 2
    most = 0
    await asyncio.gather(*(makers.page(source, number, 320) for number in range(1, 6)))
    assert most == 1  # a tenant alone never holds all places


class Drawing:
    """Stands in for the child: counts, waits until it may go on, and fails when told to."""

    def __init__(self, makers: Previews, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count, self.fails = 0, False
        self.started, self.go_on = asyncio.Event(), asyncio.Event()
        monkeypatch.setattr(makers, "_draw", self)

    async def __call__(self, *_: object) -> bytes:
        self.count += 1
        self.started.set()
        await self.go_on.wait()
        if self.fails:
            raise NotFound("There is no picture of this file.", code="no_preview")
        return b"picture"


async def test_a_page_that_cannot_be_drawn_is_tried_once_an_hour_even_when_people_leave_early(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, source = await kept(tmp_path, make_pdf(TEXT, TEXT), pages=2)
    clock = FixedClock(CLOCK.now())
    makers = Previews(files, clock)
    drawing = Drawing(makers, monkeypatch)
    drawing.fails = True
    early = asyncio.create_task(makers.page(source, 1, 1920))
    await drawing.started.wait()
    early.cancel()
    others = [asyncio.create_task(makers.page(source, 1, width)) for width in (1920, 1920)]
    await asyncio.sleep(0)
    drawing.go_on.set()
    told = await asyncio.gather(*others, return_exceptions=True)
    assert [getattr(one, "code", one) for one in told] == ["no_preview"] * 2
    with pytest.raises(NotFound):
        await Previews(files, clock).page(source, 1, 1920)
    assert drawing.count == 1
    drawing.fails = False
    assert [await makers.page(source, *wanted) for wanted in ((1, 960), (2, 1920))] == [b"picture"] * 2
    assert drawing.count == 3  # narrower is quicker, and may succeed
    clock.advance(timedelta(hours=1))
    assert await makers.page(source, 1, 1920) == b"picture"


async def test_what_cannot_be_drawn_small_is_not_tried_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, source = await kept(tmp_path, b"%PDF-1.7 and nothing else")
    makers = Previews(files, CLOCK)
    with pytest.raises(NotFound):
        await makers.thumbnail(source)
    drawing = Drawing(makers, monkeypatch)
    with pytest.raises(NotFound):
        await makers.page(source, 1, 1920)
    assert drawing.count == 0


async def test_what_took_long_is_kept_in_any_width(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, source = await kept(tmp_path, make_pdf(TEXT))
    makers = Previews(files, CLOCK)
    drawing = Drawing(makers, monkeypatch)
    drawing.go_on.set()
    for long_s, count in ((60, 1), (60, 2), (-1, 3), (-1, 3)):
        monkeypatch.setattr(previews, "_LONG_S", long_s)
        assert await makers.page(source, 1, 1920) == b"picture"
        assert drawing.count == count


async def test_who_asks_for_the_same_picture_shares_one_drawing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, source = await kept(tmp_path, make_pdf(TEXT))
    makers = Previews(files, CLOCK)
    drawing = Drawing(makers, monkeypatch)
    drawing.go_on.set()
    assert await asyncio.gather(*(makers.page(source, 1, 320) for _ in range(5))) == [b"picture"] * 5
    assert drawing.count == 1


async def test_a_tenant_with_slow_pages_keeps_nobody_else_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, slow = await kept(tmp_path, make_pdf(TEXT), pages=5)
    makers = Previews(files, CLOCK, wait_s=0.2)
    drawing = Drawing(makers, monkeypatch)
    asked = [asyncio.create_task(makers.page(slow, number, 320)) for number in range(1, 6)]
    await drawing.started.wait()
    async with makers._turns.turn(uuid4()):  # pyright: ignore[reportPrivateUsage]
        assert drawing.count == 1
    drawing.go_on.set()
    await asyncio.gather(*asked)


@pytest.mark.parametrize("content", [b"%PDF-1.7 and nothing else", b"\0" * 5000, b""], ids=["head", "zeros", "empty"])
async def test_what_cannot_be_drawn_has_no_picture(tmp_path: Path, content: bytes) -> None:
    files, source = await kept(tmp_path, content)
    with pytest.raises(NotFound) as refused:
        await Previews(files, CLOCK).thumbnail(source)
    assert refused.value.code == "no_preview"


async def test_a_child_that_takes_too_long_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, source = await kept(tmp_path, make_pdf(TEXT))
    monkeypatch.setattr(previews, "_LIMITS", previews.Limits(time_s=0.01))
    with pytest.raises(NotFound):
        await Previews(files, CLOCK).thumbnail(source)


def test_widths_are_few() -> None:
    assert [snapped(one) for one in (16, 320, 321, 960, 4000)] == [320, 320, 640, 960, 1920]
