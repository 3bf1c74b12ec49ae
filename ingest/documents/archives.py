"""What a zip says of itself, judged from its directory before anything is unpacked. Pure; writes no file.

Office files are zips. Parsers open them in memory only after `check_archive` has found nothing to refuse.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

from ingest.documents.model import BadDocument, Limits

_DIRECTORY_BYTES = 4 * 1024 * 1024
_END, _END64, _LOCAL = b"PK\x05\x06", b"PK\x06\x06", b"PK\x03\x04"
_LOCAL_BYTES = 30


def check_archive(content: bytes, limits: Limits) -> list[zipfile.ZipInfo]:
    """The entries of an archive that is safe to read. Raises BadDocument: broken, bomb, unsafe, encrypted.

    ``limits`` count entries, unpacked bytes in all, and how often bigger than packed that may be.
    """
    _check_directory_size(content, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as error:
        raise BadDocument("This file is a damaged archive and cannot be opened.", code="broken_file") from error
    if len(entries) > limits.unpacked_entries:
        raise _bomb(f"holds more than {limits.unpacked_entries:,} files")
    _check_names(entries)
    if any(entry.flag_bits & 1 for entry in entries):
        raise BadDocument("This file is protected by a password. Save it without one.", code="encrypted")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes or unpacked > limits.unpacked_ratio * max(len(content), 10_000):
        raise _bomb("unpacks to far more than its size")
    _check_overlaps(content, entries)
    return entries


def read_entry(content: bytes, name: str, most: int = 2 * 1024 * 1024) -> bytes:
    """The first ``most`` bytes of an entry; empty when there is none or it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(name) as entry:
            return entry.read(most)
    except (KeyError, RuntimeError, ValueError, OSError, EOFError, NotImplementedError, zipfile.BadZipFile):
        return b""
    except Exception as error:  # each packing method has an error type of its own
        if isinstance(error, MemoryError):
            raise
        return b""


def _check_directory_size(content: bytes, limits: Limits) -> None:
    """By the record at the end, because reading a directory of millions is the attack."""
    at = content.rfind(_END, max(0, len(content) - 65_557))
    if at < 0 or len(content) < at + 22:
        raise BadDocument("This file is a damaged archive and cannot be opened.", code="broken_file")
    count, size = struct.unpack_from("<HI", content, at + 10)
    wide = content.rfind(_END64, max(0, at - 120), at)
    if wide >= 0 and len(content) >= wide + 56:
        count, size = struct.unpack_from("<QQ", content, wide + 32)
    if count > limits.unpacked_entries or size > _DIRECTORY_BYTES:
        raise _bomb(f"holds more than {limits.unpacked_entries:,} files")


def _check_names(entries: Sequence[zipfile.ZipInfo]) -> None:
    for entry in entries:
        name = entry.orig_filename.replace("\\", "/")
        if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/") or "\0" in name:
            text = "This file holds entries that point outside of it, as no Office program writes them. Save it anew."
            raise BadDocument(text, code="unsafe_archive")


def _check_overlaps(content: bytes, entries: Sequence[zipfile.ZipInfo]) -> None:
    """Entries that share their packed bytes make a bomb whose directory looks harmless."""
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        start = entry.header_offset
        if content[start : start + 4] != _LOCAL or len(content) < start + _LOCAL_BYTES:
            raise BadDocument("This file is a damaged archive and cannot be opened.", code="broken_file")
        if start < end:
            raise _bomb("holds files that share their bytes")
        name, extra = struct.unpack_from("<HH", content, start + 26)
        end = start + _LOCAL_BYTES + name + extra + entry.compress_size


def _bomb(what: str) -> BadDocument:
    return BadDocument(f"This file {what}; it is not opened. Save it anew, or split it.", code="zip_bomb")
