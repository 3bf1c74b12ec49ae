"""What every store of files promises: unreadable, whole or absent, and useless anywhere but in its own place."""

from __future__ import annotations

import asyncio
import math
import tracemalloc
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest

from store.errors import NotFound
from store.seal import FRAME_BYTES, HEADER_BYTES, Keyring, SealBroken
from tests.contract.files.conftest import FILE, NEW, OLD, OTHER, SECOND, TENANT, Place, stream

KEY = f"{TENANT}/{FILE}"
LARGE, LITTLE = 80 * 1024 * 1024, 25 * 1024 * 1024
SIZES = [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 3 * FRAME_BYTES]


def content_of(size: int) -> bytes:
    return (b"0123456789abcdefghijklmnopqrstuvw" * (size // 33 + 1))[:size]


@pytest.mark.parametrize("size", SIZES)
async def test_what_was_written_is_read(place: Place, size: int) -> None:
    files, content = place.files(), content_of(size)
    await files.prepare()
    assert await files.write(TENANT, FILE, stream(content[:1000], content[1000:])) == size
    assert await files.read(KEY) == content
    assert list(place.stored()) == [KEY]
    assert content == b"" or len(content) < 40 or content[:40] not in place.stored()[KEY]


@pytest.mark.parametrize("size", SIZES)
async def test_any_part_of_a_file_can_be_read(place: Place, size: int) -> None:
    files, content = place.files(), content_of(size)
    await files.write(TENANT, FILE, stream(content))
    for start, end in [
        (0, None),
        (0, 1),
        (size // 2, None),
        (size - 1, size),
        (FRAME_BYTES - 3, FRAME_BYTES + 3),
        (size, None),
        (0, size + 99),
        (5, 2),
    ]:
        start = max(0, start)
        assert b"".join([piece async for piece in files.stream(KEY, start, end)]) == content[start:end]


async def test_a_large_file_never_is_in_memory_as_a_whole(place: Place) -> None:
    piece = bytes(range(256)) * 256

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(LARGE // len(piece)):
            yield piece

    files = place.files()
    await files.prepare()
    tracemalloc.start()
    try:
        assert await files.write(TENANT, FILE, pieces()) == LARGE
        _, written_with = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        size = 0
        async for part in files.stream(KEY):
            size += len(part)
        _, read_with = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size == LARGE
    assert written_with < LITTLE
    assert read_with < LITTLE
    assert place.unfinished() == 0


@pytest.mark.parametrize("size", [0, 10, FRAME_BYTES * 2, 12 * 1024 * 1024])
async def test_a_stream_that_breaks_leaves_nothing(place: Place, size: int) -> None:
    async def broken() -> AsyncIterator[bytes]:
        for _ in range(size // 65536):
            yield b"x" * 65536
        raise ValueError

    files = place.files()
    with pytest.raises(ValueError):
        await files.write(TENANT, FILE, broken())
    assert place.stored() == {}
    assert place.unfinished() == 0
    with pytest.raises(NotFound):
        await files.read(KEY)


@pytest.mark.parametrize("size", [10, 12 * 1024 * 1024])
async def test_an_upload_that_is_cancelled_leaves_nothing(place: Place, size: int) -> None:
    waiting = asyncio.Event()

    async def stalled() -> AsyncIterator[bytes]:
        for _ in range(max(1, size // 65536)):
            yield b"x" * min(size, 65536)
        waiting.set()
        await asyncio.Event().wait()

    files = place.files()
    task = asyncio.create_task(files.write(TENANT, FILE, stalled()))
    await waiting.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert place.stored() == {}
    assert place.unfinished() == 0


async def test_a_file_that_is_not_there_is_told_as_gone(place: Place) -> None:
    files = place.files()
    await files.prepare()
    for key in (KEY, f"{OTHER}/{FILE}"):
        with pytest.raises(NotFound) as told:
            await files.read(key)
        assert told.value.code == "file_missing"
        with pytest.raises(NotFound):
            await anext(files.stream(key))
    assert await files.key_id(KEY) is None
    await files.delete(KEY)
    await files.delete("")


def _cut(sealed: bytes) -> bytes:
    return sealed[:-1]


def _without_last_frame(sealed: bytes) -> bytes:
    return sealed[: HEADER_BYTES + 4 + int.from_bytes(sealed[HEADER_BYTES : HEADER_BYTES + 4], "big")]


def _flipped(sealed: bytes) -> bytes:
    return sealed[:-5] + bytes([sealed[-5] ^ 1]) + sealed[-4:]


def _header_alone(sealed: bytes) -> bytes:
    return sealed[:HEADER_BYTES]


def _nothing(sealed: bytes) -> bytes:
    return sealed[:0]


@pytest.mark.parametrize("change", [_cut, _without_last_frame, _flipped, _header_alone, _nothing])
async def test_a_changed_file_is_noticed_and_not_sealed_again(place: Place, change: Callable[[bytes], bytes]) -> None:
    await place.files(OLD).write(TENANT, FILE, stream(b"x" * (FRAME_BYTES + 10)))
    changed = change(place.stored()[KEY])
    place.store(KEY, changed)
    with pytest.raises(SealBroken):
        await place.files(OLD).read(KEY)
    with pytest.raises(SealBroken):
        _ = [piece async for piece in place.files(OLD).stream(KEY)]
    with pytest.raises(SealBroken):
        await place.files(NEW, OLD).rotate(KEY)
    assert place.stored()[KEY] == changed


async def test_a_file_under_another_name_does_not_open(place: Place) -> None:
    files = place.files()
    await files.write(TENANT, FILE, stream(b"mine"))
    await files.write_derived(TENANT, FILE, "thumbnail", b"picture")
    sealed = place.stored()
    place.store(f"{OTHER}/{FILE}", sealed[KEY])
    place.store(f"{OTHER}/{FILE}.page-1", sealed[f"{KEY}.thumbnail"])
    with pytest.raises(SealBroken):
        await files.read(f"{OTHER}/{FILE}")
    with pytest.raises(SealBroken):
        await files.read_derived(OTHER, FILE, "page-1")


async def test_only_the_right_key_opens(place: Place) -> None:
    await place.files(OLD).write(TENANT, FILE, stream(b"old"))
    assert await place.files(NEW, OLD).read(KEY) == b"old"
    with pytest.raises(SealBroken) as told:
        await place.files(NEW).read(KEY)
    assert told.value.code == "unknown_key"


@pytest.mark.parametrize("size", [*SIZES, 6 * 1024 * 1024])
async def test_a_file_sealed_again_opens_with_the_new_key_alone(place: Place, size: int) -> None:
    await place.files(OLD).write(TENANT, FILE, stream(content_of(size)))
    assert await place.files(NEW, OLD).rotate(KEY) is True
    assert await place.files(NEW, OLD).rotate(KEY) is False
    assert await place.files(NEW).read(KEY) == content_of(size)
    assert await place.files(NEW).key_id(KEY) == Keyring((NEW,)).current_id
    assert list(place.stored()) == [KEY]


async def test_a_file_deleted_while_it_is_sealed_again_stays_deleted(place: Place) -> None:
    for number in range(8):
        await place.files(OLD).write(TENANT, FILE, stream(content_of(FRAME_BYTES)))

        async def deleted_soon(turns: int = number) -> None:
            for _ in range(turns * 20):
                await asyncio.sleep(0)
            await place.files(NEW, OLD).delete(KEY)

        await asyncio.gather(place.files(NEW, OLD).rotate(KEY), deleted_soon())
        assert place.stored() == {}


async def test_two_that_seal_a_file_again_at_once_do_no_harm(place: Place) -> None:
    await place.files(OLD).write(TENANT, FILE, stream(content_of(FRAME_BYTES * 2)))
    outcomes = await asyncio.gather(*(place.files(NEW, OLD).rotate(KEY) for _ in range(4)))
    assert any(outcomes)
    assert await place.files(NEW).read(KEY) == content_of(FRAME_BYTES * 2)


async def test_a_reader_sees_the_old_file_or_the_new_one(place: Place) -> None:
    content = content_of(FRAME_BYTES * 4)
    await place.files(OLD).write(TENANT, FILE, stream(content))

    async def read() -> bytes:
        return b"".join([piece async for piece in place.files(NEW, OLD).stream(KEY, 10, FRAME_BYTES * 3)])

    *parts, _ = await asyncio.gather(*(read() for _ in range(4)), place.files(NEW, OLD).rotate(KEY))
    assert set(parts) == {content[10 : FRAME_BYTES * 3]}


async def test_what_was_made_of_a_document_goes_with_it_and_no_other(place: Place) -> None:
    files = place.files()
    for file_id in (FILE, SECOND):
        await files.write(TENANT, file_id, stream(b"document"))
        for name in ("thumbnail", "page-1", "page-10"):
            await files.write_derived(TENANT, file_id, name, f"{name} of it".encode())
    assert await files.read_derived(TENANT, FILE, "page-1") == b"page-1 of it"
    assert await files.read_derived(TENANT, FILE, "page-2") is None
    await files.write_derived(TENANT, FILE, "page-1", b"a better one")
    assert await files.read_derived(TENANT, FILE, "page-1") == b"a better one"
    assert len(await files.storage_keys()) == 8
    await files.delete(KEY)
    assert sorted(place.stored()) == [
        f"{TENANT}/{SECOND}{ending}" for ending in ("", ".page-1", ".page-10", ".thumbnail")
    ]
    await files.delete(f"{TENANT}/{SECOND}.page-1")
    assert await files.read(f"{TENANT}/{SECOND}") == b"document"
    assert await files.read_derived(TENANT, SECOND, "page-10") == b"page-10 of it"


async def test_nothing_is_made_of_a_document_that_is_gone(place: Place) -> None:
    with pytest.raises(NotFound):
        await place.files().write_derived(TENANT, FILE, "thumbnail", b"too late")
    assert place.stored() == {}


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", "a.b", ".part", "x" * 65])
async def test_a_derived_file_has_a_plain_name(place: Place, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        await place.files().write_derived(TENANT, FILE, name, b"")


async def test_derived_files_are_sealed_again_too(place: Place) -> None:
    await place.files(OLD).write(TENANT, FILE, stream(b"document"))
    await place.files(OLD).write_derived(TENANT, FILE, "page-1", content_of(FRAME_BYTES + 1))
    for key in await place.files(NEW, OLD).storage_keys():
        assert await place.files(NEW, OLD).rotate(key) is True
    assert await place.files(NEW).read_derived(TENANT, FILE, "page-1") == content_of(FRAME_BYTES + 1)


async def test_a_tenants_files_are_removed_together_and_no_others(place: Place) -> None:
    files = place.files()
    for tenant_id in (TENANT, OTHER):
        await files.write(tenant_id, FILE, stream(b"document"))
        await files.write_derived(tenant_id, FILE, "page-1", b"picture")
    assert sorted(await files.storage_keys()) == sorted(
        f"{tenant_id}/{FILE}{ending}" for tenant_id in (TENANT, OTHER) for ending in ("", ".page-1")
    )
    await files.remove_all(TENANT)
    await files.remove_all(TENANT)
    assert sorted(await files.storage_keys()) == [f"{OTHER}/{FILE}", f"{OTHER}/{FILE}.page-1"]
    assert await files.read(f"{OTHER}/{FILE}") == b"document"


async def test_old_files_are_found_by_tenant_and_what_is_not_ours_is_left_out(place: Place) -> None:
    files = place.files()
    for tenant_id in (TENANT, OTHER):
        await files.write(tenant_id, FILE, stream(b"document"))
    await files.write_derived(TENANT, FILE, "page-1", b"picture")
    place.store(f"{TENANT}/notes.txt", b"somebody else's")
    place.store("backup/notes.txt", b"somebody else's")
    found = await files.left_alone_since(math.inf)
    assert {tenant_id: sorted(keys) for tenant_id, keys in found.items()} == {
        TENANT: [KEY, f"{KEY}.page-1"],
        OTHER: [f"{OTHER}/{FILE}"],
    }
    assert await files.left_alone_since(0) == {}


async def test_many_small_files_are_all_listed_and_removed(place: Place) -> None:
    files = place.files()
    for number in range(60):
        await files.write(TENANT, UUID(int=1000 + number), stream(b"x"))
    assert len(await files.storage_keys()) == 60
    await files.remove_all(TENANT)
    assert await files.storage_keys() == []
