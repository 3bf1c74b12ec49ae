"""AES-256-GCM for bytes at rest: keys from VOICELOOP_SECRET_KEY, a stream cut into sealed frames.

A sealed stream is ``VLS1 | key id (4) | salt (16)`` and then frames ``length (4) | ciphertext and tag``. Each stream
has its own key (HKDF of the secret and the salt), so the frame number can be the nonce; frame number and end mark are
also authenticated, so frames cannot be swapped, dropped, or moved to another file.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.errors import SettingsError, VoiceLoopError

MAGIC = b"VLS1"
FRAME_BYTES = 256 * 1024
HEADER_BYTES = len(MAGIC) + 4 + 16
_SHORTEST_SECRET = 32


class SealBroken(VoiceLoopError):
    """The bytes were changed, cut short, belong to something else, or were sealed with another key."""

    code = "seal_broken"


class Keyring:
    """The secrets this installation knows; the first seals, all of them open (comma-separated for rotation)."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret.strip().encode() for secret in secrets if secret.strip()]
        if not self._secrets or any(len(secret) < _SHORTEST_SECRET for secret in self._secrets):
            raise SettingsError(
                "VOICELOOP_SECRET_KEY must have at least 32 characters (for example 64 random hex digits)."
            )
        self._by_id = {_key_id(secret): secret for secret in reversed(self._secrets)}

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
    """Opens one stream: give it the header, then each frame in order."""

    def __init__(self, keyring: Keyring, binding: str, header: bytes) -> None:
        if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
            raise SealBroken("This is not a sealed file.")
        key = keyring.derive("file", salt=header[8:], key_id=header[4:8])
        self._frames = _Frames(key, binding)

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        """The plain frame. Raises SealBroken when it is not what was sealed at this place."""
        try:
            return self._frames.cipher.decrypt(*self._frames.nonce_text_aad(sealed, last=last))
        except InvalidTag as error:
            raise SealBroken("The stored file was changed or damaged; upload it again.") from error


class _Frames:
    def __init__(self, key: bytes, binding: str) -> None:
        self.cipher = AESGCM(key)
        self._binding = binding
        self._number = 0

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
