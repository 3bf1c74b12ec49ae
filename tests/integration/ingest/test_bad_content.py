"""Bad files through the upload as people send them: a clear reason soon, and nothing of them kept to be found."""

from __future__ import annotations

import asyncio
import io
import struct
import time
import wave

import aiohttp
import pytest

from store.database import Database
from tests.contract.documents.pictures import as_bytes, landscape
from tests.e2e.speech import silence
from tests.fakes.bad_documents import BAD
from tests.fakes.recordings import encoded, video
from tests.integration.ingest.conftest import Sidecar, Upload

_LONGEST_S = 30


def claiming(size: int) -> bytes:
    """A WAV file of a second of silence whose header claims this many bytes."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(32_000))
    made = bytearray(out.getvalue())
    made[4:8] = made[40:44] = struct.pack("<I", size)
    return bytes(made)


SOUNDS = {
    "sound that is damaged": (lambda: encoded(silence(2), "ogg")[:60] + bytes(range(256)) * 40, "a.ogg"),
    "an MP3 of noise": (lambda: b"ID3\x04\0\0\0\0\0\0" + bytes(range(256)) * 90, "a.mp3"),
    "silence": (lambda: encoded(silence(2), "wav", rate=8000), "a.wav"),
    "no second of sound": (lambda: claiming(0)[:44], "a.wav"),
    "a head that claims 4 GB": (lambda: claiming(0xFFFF_FFF0), "a.wav"),
    "a film without sound": (lambda: video(), "a.webm"),
    "half an M4A": (lambda: (whole := encoded(silence(2), "m4a"))[: len(whole) // 2], "a.m4a"),
}
HURTING = {
    "pdf, no pages": "a.pdf",
    "pdf, chain of filters": "a.pdf",
    "pdf, pages that hold themselves": "a.pdf",
    "pdf, a form that draws itself": "a.pdf",
    "docx, high ratio": "a.docx",
    "docx, a size that lies": "a.docx",
    "docx, overlapping entries": "a.docx",
    "docx, zip slip": "a.docx",
    "docx, macros": "a.docx",
    "docx, entities": "a.docx",
    "xlsx, one string in every cell": "a.xlsx",
    "pptx, no slides": "a.pptx",
    "html, nested tables": "a.html",
    "png, 3.6 billion pixels": "a.png",
    "tiff, 2.5 billion pixels": "a.tif",
    "jpeg, 4.3 billion pixels": "a.jpg",
}


@pytest.mark.parametrize("what", SOUNDS)
async def test_a_recording_with_nothing_to_hear_says_so(
    what: str, sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, database: Database
) -> None:
    make, name = SOUNDS[what]
    code = await fate(make(), name, sidecar, client, upload)
    assert code in {"broken_file", "no_speech", "video", "unsupported_type", "no_sound"}
    assert await kept(sidecar, database) == 0


@pytest.mark.parametrize("what", HURTING)
async def test_what_hurts_parsers_ends_soon_with_its_reason(
    what: str, sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, database: Database
) -> None:
    content = await asyncio.to_thread(BAD[what].make)
    assert await fate(content, HURTING[what], sidecar, client, upload) == BAD[what].code
    assert await kept(sidecar, database) == 0


async def test_a_picture_without_words_says_so(
    sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload, database: Database
) -> None:
    content = await asyncio.to_thread(lambda: as_bytes(landscape().resize((400, 300)), "JPEG"))
    assert await fate(content, "beach.jpg", sidecar, client, upload) == "no_text"
    assert await kept(sidecar, database) == 0


async def fate(content: bytes, name: str, sidecar: Sidecar, client: aiohttp.ClientSession, upload: Upload) -> str:
    """The code this file is refused or fails with, asked to be searchable at once; the reason is a sentence."""
    began = time.monotonic()
    status, answer = await upload(content, name, "/api/knowledge/upload")
    if status != 202:
        assert status in {413, 415, 422}
        assert answer["detail"].endswith(".")
        return str(answer["code"])
    await sidecar.work_off()
    assert time.monotonic() - began < _LONGEST_S
    async with client.get(f"/api/files/{answer['document_id']}") as response:
        row = await response.json()
    assert row["status"] == "failed"
    assert row["error"]["detail"].endswith(".")
    return str(row["error"]["code"])


async def kept(sidecar: Sidecar, database: Database) -> int:
    """How many chunks there are."""
    async with database.transaction(sidecar.identity) as connection:
        row = await (await connection.execute("SELECT count(*) AS n FROM chunks")).fetchone()
    assert row is not None
    return int(row["n"])


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("מחירון.txt", "מחירון.txt"),
        ("قائمة الأسعار ٢٠٢٦.txt", "قائمة الأسعار ٢٠٢٦.txt"),
        ("🏨🏊 prices.txt", "🏨🏊 prices.txt"),
        ("u\u0308ber.txt", "über.txt"),
        ("a/b\\c/plan.txt", "plan.txt"),
        ("....txt", "txt"),
        ("ä" * 300 + ".txt", "ä" * 196 + ".txt"),
        ("con.txt", "con.txt"),
        ('"; rm -rf.txt', '"; rm -rf.txt'),
    ],
)
async def test_names_of_every_kind_are_shown_as_they_are(given: str, shown: str, upload: Upload) -> None:
    status, answer = await upload(b"The pool opens at nine in the morning.", given)
    assert (status, answer["filename"]) == (201, shown)


@pytest.mark.parametrize("given", ["invoice\u202efdp.txt", "a\u2066b.txt", "a%00b.txt", "a%1B[2J.txt", "a\x85b.txt"])
async def test_names_that_deceive_are_refused(given: str, upload: Upload) -> None:
    status, answer = await upload(b"The pool opens at nine in the morning.", given)
    assert (status, answer["code"]) == (422, "invalid_name")


async def test_titles_that_deceive_are_refused_wherever_they_are_typed(
    client: aiohttp.ClientSession, upload: Upload
) -> None:
    form = aiohttp.FormData({"title": "red \x1b[31m"})
    form.add_field("file", b"The pool opens at nine in the morning.", filename="pool.txt")
    text = {"title": "a\u202eb", "text": "The pool opens at nine."}
    for sending in (client.post("/api/files/upload", data=form), client.post("/api/knowledge/ingest", json=text)):
        async with sending as response:
            refused = await response.json()
            assert (response.status, refused["code"]) == (422, "invalid_title")
            assert refused["detail"] == "The title holds control characters. Write it without them."
    _, kept = await upload(b"The pool opens at nine in the morning.", "pool.txt")
    async with client.patch(f"/api/files/{kept['upload_id']}", json={"tags": ["\x1b[31mx", "a\u202eb"]}) as response:
        assert response.status == 422
