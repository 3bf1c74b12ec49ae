"""Files at rest: unreadable, whole or absent, and useless anywhere but in their own place."""

from __future__ import annotations

import errno
import math
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import pytest

import store.files.local
from store.errors import NotFound, SettingsError, Unavailable
from store.files import LocalFiles
from store.ids import new_id
from store.seal import FRAME_BYTES, HEADER_BYTES, Keyring, SealBroken

OLD, NEW = "o" * 40, "n" * 40
TENANT, FILE = UUID(int=1), UUID(int=2)


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def files(path: Path, *secrets: str) -> LocalFiles:
    return LocalFiles(path, Keyring(secrets or (NEW,)))


@pytest.mark.parametrize("size", [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES])
async def test_what_was_written_is_read(tmp_path: Path, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert await files(tmp_path).write(TENANT, FILE, stream(content[:1000], content[1000:])) == size
    assert await files(tmp_path).read(LocalFiles.key(TENANT, FILE)) == content


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_stream_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 2 * FRAME_BYTES
        raise ValueError

    with pytest.raises(ValueError):
        await files(tmp_path).write(TENANT, FILE, broken())
    assert kept(tmp_path) == []
    with pytest.raises(NotFound):
        await files(tmp_path).read(LocalFiles.key(TENANT, FILE))


async def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store.files.local, "_finish", full)
    with pytest.raises(Unavailable, match="make room") as told:
        await files(tmp_path).write(TENANT, FILE, stream(b"x"))
    assert told.value.code == "storage_full"
    assert kept(tmp_path) == []


def _cut(sealed: bytes) -> bytes:
    return sealed[:-1]


def _without_last_frame(sealed: bytes) -> bytes:
    length = int.from_bytes(sealed[HEADER_BYTES : HEADER_BYTES + 4], "big")
    return sealed[: HEADER_BYTES + 4 + length]


def _flipped(sealed: bytes) -> bytes:
    return sealed[:-5] + bytes([sealed[-5] ^ 1]) + sealed[-4:]


@pytest.mark.parametrize("change", [_cut, _without_last_frame, _flipped, lambda _: b"short"])
async def test_a_changed_file_is_noticed(tmp_path: Path, change) -> None:
    await files(tmp_path).write(TENANT, FILE, stream(b"x" * (FRAME_BYTES + 10)))
    path = tmp_path / LocalFiles.key(TENANT, FILE)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(SealBroken):
        await files(tmp_path).read(LocalFiles.key(TENANT, FILE))


async def test_a_file_moved_to_another_tenant_does_not_open(tmp_path: Path) -> None:
    await files(tmp_path).write(TENANT, FILE, stream(b"mine"))
    stolen = LocalFiles.key(new_id(), FILE)
    (tmp_path / stolen).parent.mkdir()
    (tmp_path / LocalFiles.key(TENANT, FILE)).rename(tmp_path / stolen)
    with pytest.raises(SealBroken):
        await files(tmp_path).read(stolen)


async def test_keys_are_changed_by_putting_the_new_one_first(tmp_path: Path) -> None:
    key = LocalFiles.key(TENANT, FILE)
    await files(tmp_path, OLD).write(TENANT, FILE, stream(b"old"))
    assert await files(tmp_path, NEW, OLD).read(key) == b"old"
    with pytest.raises(SealBroken):
        await files(tmp_path, NEW).read(key)


def test_a_short_secret_stops_the_start() -> None:
    with pytest.raises(SettingsError):
        Keyring(["short"])


async def test_what_a_killed_rotation_leaves_behind_is_found_among_the_old_files(tmp_path: Path) -> None:
    await files(tmp_path).write(TENANT, FILE, stream(b"whole"))
    left = tmp_path / str(TENANT) / f".{FILE}.{new_id()}.part"
    left.touch()
    found = await files(tmp_path).left_alone_since(math.inf)
    assert sorted(found[TENANT]) == sorted([LocalFiles.key(TENANT, FILE), f"{TENANT}/{left.name}"])
    assert await files(tmp_path).storage_keys() == [LocalFiles.key(TENANT, FILE)]


@pytest.mark.parametrize("size", [0, 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES])
async def test_a_file_sealed_again_opens_with_the_new_key_alone(tmp_path: Path, size: int) -> None:
    key = LocalFiles.key(TENANT, FILE)
    await files(tmp_path, OLD).write(TENANT, FILE, stream(b"x" * size))
    assert await files(tmp_path, NEW, OLD).rotate(key) is True
    assert await files(tmp_path, NEW, OLD).rotate(key) is False
    assert await files(tmp_path, NEW).read(key) == b"x" * size
    assert await files(tmp_path, NEW).key_id(key) == Keyring((NEW,)).current_id


async def test_what_was_made_of_a_document_is_kept_beside_it_and_goes_with_it(tmp_path: Path) -> None:
    mine = files(tmp_path)
    await mine.write(TENANT, FILE, stream(b"document"))
    await mine.write_derived(TENANT, FILE, "thumbnail", b"small picture")
    assert await mine.read_derived(TENANT, FILE, "thumbnail") == b"small picture"
    assert await mine.storage_keys() == [f"{TENANT}/{FILE}", f"{TENANT}/{FILE}.thumbnail"]
    await mine.delete(LocalFiles.key(TENANT, FILE))
    assert kept(tmp_path) == [tmp_path / ".lock"]
    assert await mine.read_derived(TENANT, FILE, "thumbnail") is None
    with pytest.raises(NotFound):
        await mine.write_derived(TENANT, FILE, "thumbnail", b"too late")
    assert kept(tmp_path) == [tmp_path / ".lock"]


async def test_a_file_that_is_gone_is_not_rotated(tmp_path: Path) -> None:
    assert await files(tmp_path, NEW, OLD).rotate(LocalFiles.key(TENANT, FILE)) is False


async def test_a_file_replaced_meanwhile_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = LocalFiles.key(TENANT, FILE)
    await files(tmp_path, OLD).write(TENANT, FILE, stream(b"before"))
    newer = tmp_path / "newer"
    await files(newer, NEW).write(TENANT, FILE, stream(b"after"))
    create = store.files.local._create

    def replaced_meanwhile(path: Path) -> BinaryIO:
        (newer / key).replace(tmp_path / key)
        return create(path)

    monkeypatch.setattr(store.files.local, "_create", replaced_meanwhile)
    assert await files(tmp_path, NEW, OLD).rotate(key) is False
    assert await files(tmp_path, NEW).read(key) == b"after"
