"""What every store of files offers, wherever the bytes lie. Nothing here touches a disk or the network.

To add a backend: a class with these methods, a branch in ``open.py``, its name in the contract suite.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID

from store.errors import NotFound


class Files(Protocol):
    """Sealed files, each whole or absent. A storage key is ``tenant/file``; the seal opens only under that key."""

    async def prepare(self) -> None:
        """Prove that files can be written. Raises SettingsError that says what is wrong."""
        ...

    @staticmethod
    def key(tenant_id: UUID, file_id: UUID) -> str:
        """The storage key of a document's bytes."""
        ...

    async def write(self, tenant_id: UUID, file_id: UUID, chunks: AsyncIterator[bytes]) -> int:
        """Seal and keep the bytes; returns how many there were. Whatever ``chunks`` raises leaves nothing behind.

        Raises Unavailable.
        """
        ...

    async def read(self, storage_key: str) -> bytes:
        """The whole plain content. Raises NotFound ``file_missing``, SealBroken, Unavailable."""
        ...

    def stream(self, storage_key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The plain bytes from ``start`` up to ``end`` (exclusive; None: to the end), a frame at a time.

        Raises NotFound, SealBroken, Unavailable.
        """
        ...

    async def write_derived(self, tenant_id: UUID, file_id: UUID, name: str, data: bytes) -> None:
        """Keep something small made from the document; it goes when the document goes.

        Raises NotFound ``file_missing`` when the document is gone, Unavailable, ValueError (the name).
        """
        ...

    async def read_derived(self, tenant_id: UUID, file_id: UUID, name: str) -> bytes | None:
        """What ``write_derived`` kept; None when there is none. Raises SealBroken, Unavailable."""
        ...

    async def delete(self, storage_key: str) -> None:
        """Remove the file, and what was derived from it; a missing one is fine. Raises Unavailable."""
        ...

    async def remove_all(self, tenant_id: UUID) -> None:
        """Remove everything of the tenant, half-written files too; what is missing is fine. Raises Unavailable."""
        ...

    async def storage_keys(self) -> list[str]:
        """Every whole file there is, of all tenants, derived ones too."""
        ...

    async def key_id(self, storage_key: str) -> bytes | None:
        """The id of the key that sealed this file; None when it is gone. Raises SealBroken for other files."""
        ...

    async def rotate(self, storage_key: str) -> bool:
        """Seal the file with the first key unless it is; says whether it had to.

        What is deleted or replaced meanwhile stays so. Raises SealBroken, OSError, Unavailable.
        """
        ...

    async def left_alone_since(self, before: float) -> dict[UUID, list[str]]:
        """Storage keys of the files last written before ``before`` (seconds since 1970), half-written ones too."""
        ...


def missing() -> NotFound:
    return NotFound("The stored file is gone; upload it again.", code="file_missing")
