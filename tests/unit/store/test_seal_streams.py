"""A sealed file opens as it was written or not at all, wherever it was cut."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from store.files import LocalFiles
from store.seal import FRAME_BYTES, HEADER_BYTES, Keyring, SealBroken

OLD, NEW = "a" * 40, "b" * 40
TENANT, FILE = UUID(int=1), UUID(int=2)


async def kept(root: Path, content: bytes) -> tuple[LocalFiles, str]:
    """The content in a folder, sealed with the old key."""

    async def chunks() -> AsyncIterator[bytes]:
        yield content

    files = LocalFiles(root, Keyring([OLD]))
    await files.prepare()
    await files.write(TENANT, FILE, chunks())
    return files, files.key(TENANT, FILE)


@pytest.mark.parametrize("content", [b"", b"secret", b"x" * (FRAME_BYTES + 1)], ids=["empty", "small", "two frames"])
async def test_what_was_kept_opens(tmp_path: Path, content: bytes) -> None:
    files, key = await kept(tmp_path, content)
    assert await files.read(key) == content


@pytest.mark.parametrize("left", [0, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 3, -1])
async def test_a_file_that_was_cut_is_neither_opened_nor_sealed_anew(tmp_path: Path, left: int) -> None:
    files, key = await kept(tmp_path, b"secret" * 1000)
    path = tmp_path / key
    path.write_bytes(path.read_bytes()[:left])
    cut = path.read_bytes()
    with pytest.raises(SealBroken):
        await files.read(key)
    with pytest.raises(SealBroken):
        await LocalFiles(tmp_path, Keyring([NEW, OLD])).rotate(key)
    assert path.read_bytes() == cut
