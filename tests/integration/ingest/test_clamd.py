"""With a real clamd, whose only signature is one made for this test."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from collections.abc import AsyncIterator, Generator

import pytest

from ingest.documents.malware import EICAR, Scanner
from ingest.documents.model import BadDocument
from store.errors import Unavailable

EVIL = b"made to be found by one test, harmless otherwise " * 3
_CONFIGURATION = """
LocalSocket {folder}/clamd.sock
DatabaseDirectory {folder}/signatures
LogFile {folder}/clamd.log
Foreground yes
User root
StreamMaxLength 1M
OfficialDatabaseOnly no
"""


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The address of a scanner that knows EICAR and ``EVIL``."""
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "signatures").mkdir()
    (folder / "signatures" / "test.ndb").write_text(f"Test.Evil:0:*:{EVIL.hex()}\nTest.Eicar:0:*:{EICAR.hex()}\n")
    settings = folder / "clamd.conf"
    settings.write_text(_CONFIGURATION.format(folder=folder))
    with subprocess.Popen(
        ["clamd", "--foreground", "--config-file", settings],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout is not None
        said: list[str] = []
        for line in server.stdout:
            said.append(line)
            if "Self checking" in line:
                break
        else:
            raise AssertionError("".join(said))
        yield f"unix://{folder}/clamd.sock"
        server.terminate()


async def stream(content: bytes, size: int = 1000) -> AsyncIterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


def zipped(content: bytes, depth: int = 1) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside.bin", content)
    return out.getvalue() if depth == 1 else zipped(out.getvalue(), depth - 1)


async def test_honest_files_pass(clamd: str) -> None:
    for content in (b"", b"The bar opens at five.", zipped(b"harmless"), hashlib.sha256(b"x").digest() * 20_000):
        await Scanner(clamd).scan(stream(content))
    assert (await Scanner(clamd).scanned_by()).startswith("ClamAV ")


@pytest.mark.parametrize(
    "content",
    [EVIL, b"before " + EVIL + b" after", zipped(EVIL), zipped(EICAR), zipped(EICAR, depth=3)],
    ids=["itself", "in the middle", "in a zip", "EICAR in a zip", "EICAR three zips deep"],
)
async def test_malware_is_found(clamd: str, content: bytes) -> None:
    with pytest.raises(BadDocument, match="virus scanner found") as told:
        await Scanner(clamd).scan(stream(content))
    assert told.value.code == "malware"


async def test_more_than_it_takes_is_not_let_through(clamd: str) -> None:
    with pytest.raises(Unavailable, match="StreamMaxLength"):
        await Scanner(clamd).scan(stream(b"x" * 3_000_000, size=65536))
