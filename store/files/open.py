"""Which store of files an installation uses: a directory, or ``s3://bucket/prefix``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from store.files.local import LocalFiles
from store.files.model import Files
from store.seal import Keyring

_S3: Final = "s3://"
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PREFIX: Final = re.compile(r"[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*")


def location_of(text: str) -> str:
    """What VOICELOOP_FILES says in its one form: an absolute path, or s3://bucket or s3://bucket/prefix.

    Raises ValueError, the rest of a sentence.
    """
    if "://" not in text and not text.startswith("s3:"):
        return str(Path(text).expanduser().absolute())
    if not text.startswith(_S3):
        raise ValueError("must be a directory or s3://bucket/prefix; other object storage is not supported")
    bucket, _, prefix = text.removeprefix(_S3).strip("/").partition("/")
    if not _BUCKET.fullmatch(bucket):
        raise ValueError("must name a bucket: 3 to 63 small letters, digits, dots or hyphens, as in s3://my-bucket")
    if prefix and (not _PREFIX.fullmatch(prefix) or ".." in prefix.split("/") or "." in prefix.split("/")):
        raise ValueError("must have a prefix of letters, digits, - and _ with single slashes, as in s3://bucket/files")
    return f"{_S3}{bucket}/{prefix}".rstrip("/")


def is_object_storage(location: str) -> bool:
    return location.startswith(_S3)


def open_files(location: str, keyring: Keyring, *, endpoint: str = "") -> Files:
    """The store at this location (see ``location_of``). Raises SettingsError."""
    if not is_object_storage(location):
        return LocalFiles(Path(location), keyring)
    from store.files.s3 import S3Files  # a laptop with a directory needs no client for object storage

    bucket, _, prefix = location.removeprefix(_S3).partition("/")
    return S3Files(bucket, prefix, keyring, endpoint=endpoint)
