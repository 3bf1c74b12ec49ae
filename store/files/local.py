"""Sealed files in a directory: written whole or not at all, named by ids only (``names.py``).

``write`` seals while it streams; a file appears under its name only after everything was flushed to disk. ``rotate``
seals one again; who reads meanwhile gets the old file or the new one, and what is deleted meanwhile stays deleted.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import math
import os
from collections.abc import AsyncIterator, Generator, Iterable
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from store.errors import SettingsError, Unavailable
from store.files import names
from store.files.model import missing
from store.files.streams import Sealing, Stretch, frames_of, seal_each
from store.ids import new_id
from store.seal import HEADER_BYTES, Keyring, Sealer, file_key_id, open_bytes

_READ_BYTES = 256 * 1024


class LocalFiles:
    """``Files`` under ``root``; the storage key is part of what the seal authenticates."""

    key = staticmethod(names.key_of)

    def __init__(self, root: Path, keyring: Keyring) -> None:
        self._root = root
        self._keyring = keyring

    async def prepare(self) -> None:
        """Make the directory. Raises SettingsError when it cannot be written."""
        await asyncio.to_thread(self._prepare)

    def _prepare(self) -> None:
        try:
            self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = self._root / f".probe-{new_id()}"
            try:
                probe.write_bytes(b"room?")  # an empty file fits on a full disk
            finally:
                probe.unlink(missing_ok=True)
        except OSError as error:
            raise SettingsError(f"VOICELOOP_FILES: cannot write to {self._root} ({error.strerror}).") from error

    async def write(self, tenant_id: UUID, file_id: UUID, chunks: AsyncIterator[bytes]) -> int:
        """See ``Files``. Raises Unavailable ``storage_full``."""
        key = names.key_of(tenant_id, file_id)
        target = self._root / key
        temporary = target.with_name(f".{file_id}.part")
        sealing = Sealing(self._keyring, key)
        with _full_disk_told():
            out = await asyncio.to_thread(_create_with_folder, temporary)
            try:
                async for piece in sealing.pieces(chunks):
                    await asyncio.to_thread(out.write, piece)
                await asyncio.to_thread(_finish, out, temporary, target)
            except BaseException:
                with contextlib.suppress(OSError):  # what did not fit before does not fit at the end either
                    out.close()
                temporary.unlink(missing_ok=True)
                raise
        return sealing.size

    async def write_derived(self, tenant_id: UUID, file_id: UUID, name: str, data: bytes) -> None:
        """See ``Files``. Raises NotFound, Unavailable ``storage_full``, ValueError."""
        key = names.derived_key(tenant_id, file_id, name)
        with _full_disk_told():
            await asyncio.to_thread(self._write_derived, key, data)

    def _write_derived(self, key: str, data: bytes) -> None:
        target, document = self._root / key, self._root / names.document_key(key)
        if not document.exists():
            raise missing()
        temporary = target.with_name(f".{target.name}.{new_id()}.part")
        try:
            self._seal(key, frames_of(data), temporary)
            with self._locked():
                if not document.exists():  # deleted meanwhile: then this must not outlive it
                    raise missing()
                temporary.replace(target)
        except FileNotFoundError as error:  # with all the tenant's files
            raise missing() from error
        finally:
            temporary.unlink(missing_ok=True)
        _flush_folder(target.parent)

    async def read_derived(self, tenant_id: UUID, file_id: UUID, name: str) -> bytes | None:
        """See ``Files``. Raises SealBroken, ValueError."""
        key = names.derived_key(tenant_id, file_id, name)
        try:
            return await asyncio.to_thread(self._read, key)
        except FileNotFoundError:
            return None

    async def read(self, storage_key: str) -> bytes:
        """The whole plain content. Raises NotFound, SealBroken."""
        try:
            return await asyncio.to_thread(self._read, storage_key)
        except FileNotFoundError as error:
            raise missing() from error

    def _read(self, storage_key: str) -> bytes:
        return b"".join(open_bytes(self._keyring, storage_key, (self._root / storage_key).read_bytes()))

    async def stream(self, storage_key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """See ``Files``. Raises NotFound, SealBroken."""
        try:
            file = await asyncio.to_thread((self._root / storage_key).open, "rb")
        except FileNotFoundError as error:
            raise missing() from error
        with file:
            header = await asyncio.to_thread(file.read, HEADER_BYTES)
            stretch = Stretch.of(os.fstat(file.fileno()).st_size, start, end)
            async for piece in stretch.opened(self._keyring, storage_key, header, _pieces(file, *stretch.sealed)):
                yield piece

    async def delete(self, storage_key: str) -> None:
        """Remove the file; a missing one is fine."""
        if storage_key:
            await asyncio.to_thread(self._delete, storage_key)

    def _delete(self, storage_key: str) -> None:
        path = self._root / storage_key
        with self._locked():
            path.unlink(missing_ok=True)
        if names.is_derived(storage_key) or not path.parent.is_dir():
            return
        for derived in path.parent.glob(f"{path.name}.*"):  # no new ones come without the document
            with self._locked():
                derived.unlink(missing_ok=True)

    async def remove_all(self, tenant_id: UUID) -> None:
        """Remove the tenant's folder with every file, half-written ones too; what is missing is fine."""
        await asyncio.to_thread(self._remove_all, tenant_id)

    def _remove_all(self, tenant_id: UUID) -> None:
        folder = self._root / str(tenant_id)
        if not folder.exists():
            return
        for path in folder.iterdir():
            with self._locked():
                path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # an upload is just beginning a file; the next round finds it
            folder.rmdir()

    async def storage_keys(self) -> list[str]:
        """Every whole file there is, of all tenants, derived ones too."""
        return await asyncio.to_thread(self._storage_keys)

    def _storage_keys(self) -> list[str]:
        return [
            f"{path.parent.name}/{path.name}" for path in sorted(self._root.glob("*/*")) if names.is_whole(path.name)
        ]

    async def key_id(self, storage_key: str) -> bytes | None:
        """The id of the key that sealed this file; None when it is gone. Raises SealBroken for other files."""
        return await asyncio.to_thread(self._key_id, storage_key)

    def _key_id(self, storage_key: str) -> bytes | None:
        try:
            with (self._root / storage_key).open("rb") as file:
                return file_key_id(file.read(HEADER_BYTES))
        except FileNotFoundError:
            return None

    async def rotate(self, storage_key: str) -> bool:
        """Seal the file with the first key unless it is; says whether it had to. Raises SealBroken, OSError."""
        try:
            return await asyncio.to_thread(self._rotate, storage_key)
        except FileNotFoundError:  # deleted meanwhile, perhaps with all the tenant's files
            return False

    def _rotate(self, storage_key: str) -> bool:
        path = self._root / storage_key
        with path.open("rb") as file:
            before, sealed = os.fstat(file.fileno()), file.read()
        if file_key_id(sealed) == self._keyring.current_id:
            return False
        temporary = path.with_name(f".{path.name}.{new_id()}.part")
        try:
            self._reseal(storage_key, sealed, temporary)
            with self._locked():
                if not _is_same(path, before):
                    return False
                temporary.replace(path)
                os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))  # it is as old as it was
        finally:
            temporary.unlink(missing_ok=True)
        _flush_folder(path.parent)
        return True

    def _reseal(self, storage_key: str, sealed: bytes, temporary: Path) -> None:
        self._seal(storage_key, open_bytes(self._keyring, storage_key, sealed), temporary)

    def _seal(self, storage_key: str, plain: Iterable[bytes], temporary: Path) -> None:
        sealer = Sealer(self._keyring, storage_key)
        with _create(temporary) as out:
            out.write(sealer.header)
            out.writelines(seal_each(sealer, plain))
            out.flush()
            os.fsync(out.fileno())

    @contextlib.contextmanager
    def _locked(self) -> Generator[None]:
        """No other process deletes or replaces a file meanwhile; for moments only."""
        try:
            handle = os.open(self._root / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:  # no directory, no files
            yield
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    async def left_alone_since(self, before: float) -> dict[UUID, list[str]]:
        """Storage keys of the files last written before ``before`` (seconds since 1970), half-written ones too."""
        return await asyncio.to_thread(self._left_alone_since, before)

    def _left_alone_since(self, before: float) -> dict[UUID, list[str]]:
        found: dict[UUID, list[str]] = {}
        for path in self._root.glob("*/*"):
            tenant_id, file_id = names.as_id(path.parent.name), names.file_id_of(path.name)
            if tenant_id and file_id and _written_at(path) < before:
                found.setdefault(tenant_id, []).append(f"{path.parent.name}/{path.name}")
        return found


@contextlib.contextmanager
def _full_disk_told() -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        raise Unavailable(
            "The disk for files is full. Whoever runs this installation has to make room; then send it again.",
            code="storage_full",
        ) from error


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf  # removed meanwhile


def _create_with_folder(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return _create(path)


def _create(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


async def _pieces(file: BinaryIO, begin: int, end: int) -> AsyncIterator[bytes]:
    await asyncio.to_thread(file.seek, begin)
    while begin < end and (piece := await asyncio.to_thread(file.read, min(_READ_BYTES, end - begin))):
        begin += len(piece)
        yield piece


def _finish(out: BinaryIO, temporary: Path, target: Path) -> None:
    out.flush()
    os.fsync(out.fileno())
    out.close()
    temporary.replace(target)
    _flush_folder(target.parent)


def _is_same(path: Path, before: os.stat_result) -> bool:
    """Whether this is still the file that was read: not deleted, not replaced."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return False
    return (now.st_dev, now.st_ino, now.st_mtime_ns) == (before.st_dev, before.st_ino, before.st_mtime_ns)


def _flush_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)  # the rename itself must survive a power cut
    finally:
        os.close(folder)
