"""AES-256-GCM for bytes at rest: keys from VOICELOOP_SECRET_KEY; fields of rows, and streams cut into sealed frames.

A sealed field is ``VLF1 | key id (4) | nonce (12) | ciphertext and tag``; where it belongs is authenticated with it.
A sealed stream is ``VLS1 | key id (4) | salt (16)`` and then frames ``length (4) | ciphertext and tag``. Each stream
has its own key (HKDF of the secret and the salt), so the frame number can be the nonce; frame number and end mark are
also authenticated, so frames cannot be swapped, dropped, or moved to another file.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.errors import SettingsError, VoiceLoopError

MAGIC = b"VLS1"
FRAME_BYTES = 256 * 1024
HEADER_BYTES = len(MAGIC) + 4 + 16
SEALED_FRAME_BYTES = 4 + FRAME_BYTES + 16  # length, ciphertext, tag; only the last frame may be shorter
FIELD_MAGIC = b"VLF1"
_FIELD_HEADER_BYTES = len(FIELD_MAGIC) + 4
_NONCE_BYTES = 12
_SHORTEST_SECRET = 32


class SealBroken(VoiceLoopError):
    """The bytes were changed, cut short, belong to something else, or were sealed with another key."""

    code = "seal_broken"


class Keyring:
    """The secrets this installation knows; the first seals, all of them open (comma-separated for rotation)."""

    def __init__(self, secrets: Iterable[str]) -> None:
        parts = [secret.strip() for secret in secrets]
        if problem := problem_of_secrets(parts):
            raise SettingsError(f"VOICELOOP_SECRET_KEY {problem}.", code="bad_secret_key")
        self._secrets = [secret.encode() for secret in parts]
        self._by_id = {_key_id(secret): secret for secret in self._secrets}

    @classmethod
    def from_text(cls, text: str) -> Keyring:
        return cls(text.split(","))

    def derive(self, purpose: str, *, salt: bytes = b"", key_id: bytes | None = None) -> bytes:
        """32 bytes for one purpose. Raises SealBroken for an unknown ``key_id``."""
        secret = self._secrets[0] if key_id is None else self._by_id.get(key_id)
        if secret is None:
            raise SealBroken(
                "This was sealed with a key that VOICELOOP_SECRET_KEY no longer holds.", code="unknown_key"
            )
        return HKDF(SHA256(), 32, salt or None, f"voiceloop {purpose} v1".encode()).derive(secret)

    @property
    def current_id(self) -> bytes:
        return _key_id(self._secrets[0])

    @property
    def ids(self) -> list[bytes]:
        """The ids of all keys, the sealing one first."""
        return list(self._by_id)

    def seal_field(self, plain: bytes, *, tenant_id: UUID, table: str, row_id: UUID, field: str) -> bytes:
        """``plain`` sealed for this one place; in any other row, column or tenant it does not open."""
        header = FIELD_MAGIC + self.current_id
        nonce = os.urandom(_NONCE_BYTES)
        place = _place(header, tenant_id, table, row_id, field)
        return header + nonce + AESGCM(self.derive("field")).encrypt(nonce, plain, place)

    def open_field(self, sealed: bytes, *, tenant_id: UUID, table: str, row_id: UUID, field: str) -> bytes:
        """What was sealed for this place. Raises SealBroken (code ``unknown_key`` without the key)."""
        key = self.derive("field", key_id=field_key_id(sealed))
        header, rest = sealed[:_FIELD_HEADER_BYTES], sealed[_FIELD_HEADER_BYTES:]
        place = _place(header, tenant_id, table, row_id, field)
        try:
            return AESGCM(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], place)
        except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
            raise SealBroken("A stored value was changed, or belongs to something else.") from error


def problem_of_secrets(secrets: list[str]) -> str:
    """What is wrong with the keys of VOICELOOP_SECRET_KEY, as the end of a sentence; empty when nothing is."""
    if not any(secrets):
        return "is missing: set it to at least 32 characters, for example 64 random hex digits"
    if not all(secrets):
        return "has a comma too many: one key, or several with one comma between them"
    if any(character.isspace() for secret in secrets for character in secret):
        return "must not have blanks or line breaks within a key; several keys are separated by a comma"
    if any(len(secret) < _SHORTEST_SECRET for secret in secrets):
        return "must have at least 32 characters in every key (for example 64 random hex digits)"
    if len(set(secrets)) < len(secrets):
        return "names the same key twice; leave one of them out"
    return ""


def field_key_id(sealed: bytes) -> bytes:
    """The id of the key that sealed this field. Raises SealBroken for what is no sealed field."""
    if len(sealed) < _FIELD_HEADER_BYTES or not sealed.startswith(FIELD_MAGIC):
        raise SealBroken("This is not a sealed value.")
    return sealed[len(FIELD_MAGIC) : _FIELD_HEADER_BYTES]


def file_key_id(header: bytes) -> bytes:
    """The id of the key that sealed the stream with this header. Raises SealBroken for what is no sealed stream."""
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        raise SealBroken("This is not a sealed file.")
    return header[len(MAGIC) : len(MAGIC) + 4]


def _place(header: bytes, tenant_id: UUID, table: str, row_id: UUID, field: str) -> bytes:
    """The additional data; as a JSON list, so that no two places read the same."""
    return header + json.dumps([str(tenant_id), table, str(row_id), field]).encode()


def _key_id(secret: bytes) -> bytes:
    return hashlib.sha256(b"voiceloop key id\0" + secret).digest()[:4]


class Sealer:
    """Seals one stream frame by frame; ``binding`` names what it belongs to (``tenant|file``)."""

    def __init__(self, keyring: Keyring, binding: str) -> None:
        salt = os.urandom(16)
        self.header = MAGIC + keyring.current_id + salt
        self._frames = _Frames(keyring.derive("file", salt=salt), binding)

    def seal(self, frame: bytes, *, last: bool) -> bytes:
        sealed = self._frames.cipher.encrypt(*self._frames.nonce_text_aad(frame, last=last))
        return len(sealed).to_bytes(4, "big") + sealed


class Opener:
    """Opens one stream: give it the header, then each frame in order, beginning with frame ``at``."""

    def __init__(self, keyring: Keyring, binding: str, header: bytes, *, at: int = 0) -> None:
        if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
            raise SealBroken("This is not a sealed file.")
        key = keyring.derive("file", salt=header[8:], key_id=header[4:8])
        self._frames = _Frames(key, binding, at)

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        """The plain frame. Raises SealBroken when it is not what was sealed at this place."""
        try:
            return self._frames.cipher.decrypt(*self._frames.nonce_text_aad(sealed, last=last))
        except InvalidTag as error:
            raise SealBroken("The stored file was changed or damaged; upload it again.") from error


class _Frames:
    def __init__(self, key: bytes, binding: str, at: int = 0) -> None:
        self.cipher = AESGCM(key)
        self._binding = binding
        self._number = at

    def nonce_text_aad(self, text: bytes, *, last: bool) -> tuple[bytes, bytes, bytes]:
        number, self._number = self._number, self._number + 1
        aad = f"{self._binding}|{number}|{'end' if last else 'more'}".encode()
        return number.to_bytes(12, "big"), text, aad


def open_bytes(keyring: Keyring, binding: str, sealed: bytes) -> Iterator[bytes]:
    """The plain frames of a whole sealed stream. Raises SealBroken."""
    opener = Opener(keyring, binding, sealed[:HEADER_BYTES])
    position = HEADER_BYTES
    while position < len(sealed):
        length = int.from_bytes(sealed[position : position + 4], "big")
        end = position + 4 + length
        if length == 0 or end > len(sealed):
            raise SealBroken("The stored file was cut short; upload it again.")
        yield opener.open(sealed[position + 4 : end], last=end == len(sealed))
        position = end
    if position == HEADER_BYTES:  # even an empty file has its last frame
        raise SealBroken("The stored file was cut short; upload it again.")
