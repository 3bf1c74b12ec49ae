"""Sealed files in a directory: written whole or not at all, named by ids only (never by what a person typed).

``write`` seals while it streams; a file appears under its name only after everything was flushed to disk.
"""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from store.errors import NotFound, SettingsError
from store.ids import new_id
from store.seal import FRAME_BYTES, Keyring, Sealer, open_bytes


class SealedFiles:
    """Files under ``root``; the storage key is ``tenant/file`` and part of what the seal authenticates."""

    def __init__(self, root: Path, keyring: Keyring) -> None:
        self._root = root
        self._keyring = keyring

    def prepare(self) -> None:
        """Make the directory. Raises SettingsError when it cannot be written."""
        try:
            self._root.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = self._root / f".probe-{new_id()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise SettingsError(f"VOICELOOP_FILES: cannot write to {self._root} ({error.strerror}).") from error

    @staticmethod
    def key(tenant_id: UUID, file_id: UUID) -> str:
        return f"{tenant_id}/{file_id}"

    async def write(self, tenant_id: UUID, file_id: UUID, chunks: AsyncIterator[bytes]) -> int:
        """Seal and keep the bytes; returns how many there were. Whatever ``chunks`` raises leaves nothing behind."""
        key = self.key(tenant_id, file_id)
        target = self._root / key
        temporary = target.with_name(f".{file_id}.part")
        sealer = Sealer(self._keyring, key)
        size, pending = 0, bytearray()
        out = await asyncio.to_thread(_create, temporary, sealer.header)
        try:
            async for chunk in chunks:
                size += len(chunk)
                pending += chunk
                while len(pending) > FRAME_BYTES:  # one byte at least stays, so that the last frame is known as such
                    await asyncio.to_thread(out.write, sealer.seal(bytes(pending[:FRAME_BYTES]), last=False))
                    del pending[:FRAME_BYTES]
            await asyncio.to_thread(_finish, out, sealer.seal(bytes(pending), last=True), temporary, target)
        except BaseException:
            out.close()
            temporary.unlink(missing_ok=True)
            raise
        return size

    async def read(self, storage_key: str) -> bytes:
        """The whole plain content. Raises NotFound, SealBroken."""
        return await asyncio.to_thread(self._read, storage_key)

    def _read(self, storage_key: str) -> bytes:
        path = self._root / storage_key
        try:
            sealed = path.read_bytes()
        except FileNotFoundError as error:
            raise NotFound("The stored file is gone; upload it again.", code="file_missing") from error
        return b"".join(open_bytes(self._keyring, storage_key, sealed))

    async def delete(self, storage_key: str) -> None:
        """Remove the file; a missing one is fine."""
        if storage_key:
            await asyncio.to_thread((self._root / storage_key).unlink, missing_ok=True)

    async def left_alone_since(self, before: float) -> dict[UUID, list[str]]:
        """Storage keys of the files last written before ``before`` (seconds since 1970), half-written ones too."""
        return await asyncio.to_thread(self._left_alone_since, before)

    def _left_alone_since(self, before: float) -> dict[UUID, list[str]]:
        found: dict[UUID, list[str]] = {}
        for path in self._root.glob("*/*"):
            tenant_id, file_id = _id(path.parent.name), _id(path.name.removeprefix(".").removesuffix(".part"))
            if tenant_id and file_id and _written_at(path) < before:
                found.setdefault(tenant_id, []).append(f"{path.parent.name}/{path.name}")
        return found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None  # none of ours


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return math.inf  # removed meanwhile


def _create(path: Path, header: bytes) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    out = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    out.write(header)
    return out


def _finish(out: BinaryIO, last_frame: bytes, temporary: Path, target: Path) -> None:
    out.write(last_frame)
    out.flush()
    os.fsync(out.fileno())
    out.close()
    temporary.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the rename itself must survive a power cut
    finally:
        os.close(folder)
