"""What stored files are called: ``tenant/file`` for a document's bytes, ``tenant/file.name`` for what was made of it.

Ids and names chosen here only, never what a person typed, so a name cannot lead out of the store.
"""

from __future__ import annotations

import re
from uuid import UUID

_DERIVED = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def key_of(tenant_id: UUID, file_id: UUID) -> str:
    """The storage key of a document's bytes."""
    return f"{tenant_id}/{file_id}"


def derived_key(tenant_id: UUID, file_id: UUID, name: str) -> str:
    """The storage key of something small made from the document. Raises ValueError for a name that is none of ours."""
    if not _DERIVED.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a derived file: small letters, digits, - and _ only")
    return f"{key_of(tenant_id, file_id)}.{name}"


def document_key(storage_key: str) -> str:
    """The key of the document a file belongs to; half-written files (``.…part``) belong to none."""
    folder, _, name = storage_key.rpartition("/")
    return storage_key if name.startswith(".") else f"{folder}/{name.partition('.')[0]}"


def is_derived(storage_key: str) -> bool:
    return document_key(storage_key) != storage_key


def as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None  # none of ours


def file_id_of(name: str) -> UUID | None:
    """Whose a file is by the last part of its key, half-written ones too; None for files of somebody else."""
    return as_id(name.removeprefix(".").partition(".")[0])


def is_whole(name: str) -> bool:
    """Whether this last part of a key is a finished file's."""
    first, dot, rest = name.partition(".")
    return as_id(first) is not None and (not dot or _DERIVED.fullmatch(rest) is not None)
