"""Files that hurt parsers, through the sandbox: refused plainly or read right, in time and memory, nothing left."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.documents import sandbox
from ingest.documents.model import DOCX, PDF, BadDocument, Extracted, Limits
from tests.fakes.bad_documents import BAD, Bad

_ROOT = Path(__file__).resolve().parents[3]
_SAMPLES = _ROOT / "tests" / "samples" / "nasty"
_FILES = sorted(path for path in _SAMPLES.rglob("*") if path.suffix in {".pdf", ".docx"})
_TYPES = {".pdf": PDF, ".docx": DOCX}
_REFUSED = {
    "pikepdf/newline-buffer-test.pdf": "broken_file",
    "pypdf/crazyones-encrypted-256.pdf": "encrypted",
    "pypdf/encrypted-file.pdf": "encrypted",
    "pypdf/libreoffice-writer-password.pdf": "encrypted",
    "pypdf/r2-user-password.pdf": "encrypted",
    "pypdf/r4-aes-user-password.pdf": "encrypted",
    "pypdf/r6-both-passwords.pdf": "encrypted",
    "pypdf/r6-cleartext-metadata.pdf": "encrypted",
}
_LIMITS = Limits(time_s=30)
_LITTLE = 400 * 1024 * 1024


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", [str(path.relative_to(_SAMPLES)) for path in _FILES])
async def test_what_broke_others_is_read_or_refused(name: str, scratch: Path) -> None:
    path = _SAMPLES / name
    code, message = "", "Read."
    try:
        check(await sandbox.extract(path.read_bytes(), _TYPES[path.suffix], _LIMITS))
    except BadDocument as error:
        code, message = error.code, error.message
    assert code == _REFUSED.get(name, code if code == "no_text" else "")
    assert message.endswith(".")
    assert os.listdir(scratch) == []


@pytest.mark.parametrize("name", BAD)
async def test_what_is_made_to_hurt_does_not(name: str, scratch: Path) -> None:
    bad = BAD[name]
    if bad.code:
        with pytest.raises(BadDocument) as refused:
            await sandbox.extract(bad.make(), bad.content_type, _LIMITS)
        assert refused.value.code == bad.code
        assert refused.value.message.endswith(".")
    else:
        found = await sandbox.extract(bad.make(), bad.content_type, _LIMITS)
        check(found)
        assert bad.says in "\n".join(page.text for page in found.pages)
    assert os.listdir(scratch) == []


@pytest.mark.parametrize(
    "name", ["docx, high ratio", "docx, a size that lies", "xlsx, a far cell", "xlsx, one string in every cell"]
)
async def test_a_bomb_needs_little_memory(name: str) -> None:
    """The kernel holds the child to its limit; within a small one a bomb ends as it does within the usual one."""
    bad = BAD[name]
    assert await _end_of(bad, replace(_LIMITS, memory_bytes=_LITTLE)) == (bad.code or "read")


async def test_a_bomb_that_needs_memory_is_given_up() -> None:
    assert await _end_of(BAD["pdf, chain of filters"], replace(_LIMITS, memory_bytes=_LITTLE)) in {
        "no_text",
        "too_much_memory",
        "unreadable",
    }


async def _end_of(bad: Bad, limits: Limits) -> str:
    try:
        await sandbox.extract(bad.make(), bad.content_type, limits)
    except BadDocument as error:
        return error.code
    return "read"


def check(found: Extracted) -> None:
    """Texts are composed and printable, and their places are within them and on the page."""
    for number, page in enumerate(found.pages, start=1):
        assert page.number == number
        assert unicodedata.is_normalized("NFC", page.text)
        assert not any(unicodedata.category(one)[0] == "C" for one in page.text if one not in "\n\t")
        for heading in page.headings:
            assert page.text[heading.offset :].startswith(heading.text)
        for region in page.regions:
            assert 0 <= region.start < region.end <= len(page.text)
            assert region.box is not None
            assert all(0 <= side <= 1 for side in region.box)
        assert [one.start for one in page.regions] == sorted(one.start for one in page.regions)
