"""Sealed files in object storage that speaks S3, through obstore: streamed in parts, whole or not at all.

Nothing leaves this program unsealed. Credentials come from the usual AWS_* variables. Never holds more of an upload
than a few parts; what is sealed again for a new key is held whole (one file at a time).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Generator
from typing import Any, Final
from uuid import UUID

import obstore
from obstore.exceptions import BaseError, PreconditionError
from obstore.store import S3Store

from store.errors import SettingsError
from store.files import names
from store.files.model import missing
from store.files.streams import Sealing, Stretch, frames_of, seal_frames
from store.files.trouble import problem_of_start, unavailable
from store.files.upload import PART_BYTES, send_in_parts
from store.seal import HEADER_BYTES, Keyring, SealBroken, file_key_id, open_bytes

_TRIES: Final = 3  # to read a file that is sealed again meanwhile
_PATIENCE: Final[Any] = {"timeout": "60s", "connect_timeout": "5s"}
_RETRIES: Final[Any] = {"max_retries": 2}
_PROBE: Final = ".probe"


class S3Files:
    """``Files`` in the bucket, below ``prefix``. ``endpoint``: another server than Amazon's, plain http allowed."""

    key = staticmethod(names.key_of)

    def __init__(self, bucket: str, prefix: str, keyring: Keyring, *, endpoint: str = "") -> None:
        self._name = f"s3://{bucket}/{prefix}".rstrip("/")
        self._keyring = keyring
        options: dict[str, Any] = {"client_options": {**_PATIENCE, "allow_http": endpoint.startswith("http://")}}
        if endpoint:
            options["endpoint"] = endpoint.rstrip("/")
        try:
            self._store = S3Store(bucket, prefix=prefix or None, retry_config=_RETRIES, **options)
        except (BaseError, ValueError) as error:
            raise SettingsError(f"VOICELOOP_FILES: {self._name} cannot be used. Check S3_ENDPOINT_URL.") from error

    async def prepare(self) -> None:
        """Write a few bytes. Raises SettingsError that says what is wrong."""
        try:
            await obstore.put_async(self._store, _PROBE, b"writable?", use_multipart=False)
        except (BaseError, OSError) as error:
            raise SettingsError(f"VOICELOOP_FILES: cannot write to {self._name}. {problem_of_start(error)}") from error

    async def write(self, tenant_id: UUID, file_id: UUID, chunks: AsyncIterator[bytes]) -> int:
        """See ``Files``. Raises Unavailable."""
        key = names.key_of(tenant_id, file_id)
        sealing = Sealing(self._keyring, key)
        try:
            with _told():
                await self._send(key, sealing.pieces(chunks))
        except BaseException:
            await self._take_back(key)
            raise
        return sealing.size

    async def _send(self, key: str, pieces: AsyncIterator[bytes]) -> None:
        beginning: list[bytes] = []
        size = 0
        async for piece in pieces:
            beginning.append(piece)
            size += len(piece)
            if size >= PART_BYTES:
                await send_in_parts(self._store, key, beginning, pieces)
                return
        await obstore.put_async(self._store, key, b"".join(beginning), use_multipart=False)

    async def _take_back(self, key: str) -> None:
        """Nobody knows whether a request that broke off did its work; the sweep of lost files finds what stays."""
        with contextlib.suppress(BaseError, OSError, TimeoutError):
            async with asyncio.timeout(5):
                await obstore.delete_async(self._store, key)

    async def write_derived(self, tenant_id: UUID, file_id: UUID, name: str, data: bytes) -> None:
        """See ``Files``. Raises NotFound, Unavailable, ValueError."""
        key = names.derived_key(tenant_id, file_id, name)
        sealed = await asyncio.to_thread(seal_frames, self._keyring, key, frames_of(data))
        with _told():
            await self._require(names.document_key(key))
            await obstore.put_async(self._store, key, sealed, use_multipart=False)
            try:
                await self._require(names.document_key(key))
            except FileNotFoundError:  # deleted meanwhile: then this must not outlive it
                await obstore.delete_async(self._store, key)
                raise

    async def _require(self, key: str) -> None:
        await obstore.head_async(self._store, key)

    async def read_derived(self, tenant_id: UUID, file_id: UUID, name: str) -> bytes | None:
        """See ``Files``. Raises SealBroken, Unavailable, ValueError."""
        key = names.derived_key(tenant_id, file_id, name)
        try:
            return await self._read(key)
        except FileNotFoundError:
            return None

    async def read(self, storage_key: str) -> bytes:
        """See ``Files``. Raises NotFound, SealBroken, Unavailable."""
        with _told():
            return await self._read(storage_key)

    async def _read(self, storage_key: str) -> bytes:
        with _told(missing_too=False):
            answer = await obstore.get_async(self._store, storage_key)
            sealed = bytes(await answer.bytes_async())
        return await asyncio.to_thread(lambda: b"".join(open_bytes(self._keyring, storage_key, sealed)))

    async def stream(self, storage_key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """See ``Files``. Raises NotFound, SealBroken, Unavailable."""
        with _told():
            stretch, header, answer = await self._begin(storage_key, start, end)
            async for piece in stretch.opened(self._keyring, storage_key, header, _pieces(answer)):
                yield piece

    async def _begin(self, key: str, start: int, end: int | None) -> tuple[Stretch, bytes, obstore.GetResult]:
        """Header and bytes of one and the same object, even when it is sealed again in between."""
        for last in (False,) * (_TRIES - 1) + (True,):
            meta = await obstore.head_async(self._store, key)
            stretch = Stretch.of(meta["size"], start, end)
            try:
                head = await self._range(key, (0, HEADER_BYTES), meta["e_tag"])
                answer = await self._range(key, stretch.sealed, meta["e_tag"])
                return stretch, bytes(await head.bytes_async()), answer
            except PreconditionError:
                if last:
                    raise
        raise AssertionError("unreachable")

    async def _range(self, key: str, stretch: tuple[int, int], e_tag: str | None) -> obstore.GetResult:
        options: Any = {"range": stretch} | ({"if_match": e_tag} if e_tag else {})
        return await obstore.get_async(self._store, key, options=options)

    async def delete(self, storage_key: str) -> None:
        """See ``Files``. Raises Unavailable."""
        if not storage_key:
            return
        with _told():
            await obstore.delete_async(self._store, storage_key)
            if not names.is_derived(storage_key):
                await self._delete_derived(storage_key)

    async def _delete_derived(self, storage_key: str) -> None:
        """They follow the document in the store's order of names."""
        found: list[str] = []
        async for batch in obstore.list(self._store, storage_key.partition("/")[0], offset=storage_key):
            mine = [one["path"] for one in batch if one["path"].startswith(f"{storage_key}.")]
            found += mine
            if len(mine) < len(batch):
                break
        if found:
            await obstore.delete_async(self._store, found)

    async def remove_all(self, tenant_id: UUID) -> None:
        """See ``Files``. Raises Unavailable."""
        with _told():
            async for batch in obstore.list(self._store, str(tenant_id)):
                await obstore.delete_async(self._store, [one["path"] for one in batch])

    async def storage_keys(self) -> list[str]:
        """See ``Files``. Raises Unavailable."""
        found: list[str] = []
        with _told():
            async for batch in obstore.list(self._store):
                found += [one["path"] for one in batch if _is_ours(one["path"])]
        return found

    async def left_alone_since(self, before: float) -> dict[UUID, list[str]]:
        """See ``Files``; uploads that broke off leave no file here. Raises Unavailable."""
        found: dict[UUID, list[str]] = {}
        with _told():
            async for batch in obstore.list(self._store):
                for one in batch:
                    tenant_id = names.as_id(one["path"].partition("/")[0])
                    if tenant_id and _is_ours(one["path"]) and one["last_modified"].timestamp() < before:
                        found.setdefault(tenant_id, []).append(one["path"])
        return found

    async def key_id(self, storage_key: str) -> bytes | None:
        """See ``Files``. Raises SealBroken, Unavailable."""
        try:
            with _told(missing_too=False):
                meta = await obstore.head_async(self._store, storage_key)
                if meta["size"] < HEADER_BYTES:
                    raise SealBroken("This is not a sealed file.")
                answer = await self._range(storage_key, (0, HEADER_BYTES), None)
                return file_key_id(bytes(await answer.bytes_async()))
        except FileNotFoundError:
            return None

    async def rotate(self, storage_key: str) -> bool:
        """See ``Files``. Raises SealBroken, Unavailable."""
        if await self.key_id(storage_key) in {None, self._keyring.current_id}:
            return False
        try:
            with _told(missing_too=False):
                return await self._rotate(storage_key)
        except FileNotFoundError:  # deleted meanwhile
            return False

    async def _rotate(self, storage_key: str) -> bool:
        answer = await obstore.get_async(self._store, storage_key)
        e_tag, sealed = answer.meta["e_tag"], bytes(await answer.bytes_async())
        if e_tag is None or file_key_id(sealed) == self._keyring.current_id:
            return False
        frames = open_bytes(self._keyring, storage_key, sealed)
        again = await asyncio.to_thread(seal_frames, self._keyring, storage_key, frames)
        try:
            await obstore.put_async(self._store, storage_key, again, mode={"e_tag": e_tag}, use_multipart=False)
        except PreconditionError:  # deleted or replaced meanwhile stays so
            return False
        return True


async def _pieces(answer: obstore.GetResult) -> AsyncIterator[bytes]:
    async for piece in answer.stream(min_chunk_size=256 * 1024):
        yield bytes(piece)


def _is_ours(path: str) -> bool:
    folder, _, name = path.partition("/")
    return names.as_id(folder) is not None and names.is_whole(name)


@contextlib.contextmanager
def _told(*, missing_too: bool = True) -> Generator[None]:
    """The store's errors as ours: Unavailable in plain words, NotFound for a file that is gone."""
    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):
            raise unavailable(error) from error
        if not missing_too:
            raise
        raise missing() from error
    except BaseError as error:
        raise unavailable(error) from error
