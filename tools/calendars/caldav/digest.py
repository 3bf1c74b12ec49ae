"""Digest sign-in (RFC 7616): a server's challenge, and what answers it for one request. Pure; ``wire.py`` sends it.

MD5 and SHA-256, with qop "auth" or none; the strongest that a server offers. Bodies are not signed (auth-int).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_HASHES: Final = {"MD5": "md5", "SHA-256": "sha256"}
_BEST_FIRST: Final = ("SHA-256", "SHA-256-SESS", "MD5", "MD5-SESS")
_PART = re.compile(r'([A-Za-z][\w-]*)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?')


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server asks with; ``qop`` is "auth", or empty for a server from before qop."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    qop: str = "auth"
    opaque: str = ""

    def answer(self, user: str, password: str, method: str, target: str, *, count: int, cnonce: str) -> str:
        """The Authorization header; ``target`` is the path with its query as it is sent, ``count`` this nonce's use."""
        used = f"{count:08x}"
        secret = self._hash(f"{user}:{self.realm}:{password}")
        if self.algorithm.upper().endswith("-SESS"):
            secret = self._hash(f"{secret}:{self.nonce}:{cnonce}")
        middle = f"{self.nonce}:{used}:{cnonce}:{self.qop}" if self.qop else self.nonce
        response = self._hash(f"{secret}:{middle}:{self._hash(f'{method}:{target}')}")
        parts = [f"username={_quoted(user)}", f"realm={_quoted(self.realm)}", f"nonce={_quoted(self.nonce)}"]
        parts += [f"uri={_quoted(target)}", f"algorithm={self.algorithm}", f'response="{response}"']
        if self.qop:
            parts += [f"qop={self.qop}", f"nc={used}", f'cnonce="{cnonce}"']
        if self.opaque:
            parts.append(f"opaque={_quoted(self.opaque)}")
        return "Digest " + ", ".join(parts)

    def _hash(self, text: str) -> str:
        name = _HASHES[self.algorithm.upper().removesuffix("-SESS")]
        return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def challenge_in(header: str) -> Challenge | None:
    """The best challenge of a WWW-Authenticate header that can be answered; None when there is none."""
    found = {one.algorithm.upper(): one for one in _challenges(header)}
    return next((found[name] for name in _BEST_FIRST if name in found), None)


def _challenges(header: str) -> Iterator[Challenge]:
    for scheme, given in _schemes(header):
        qops = [part.strip().lower() for part in given.get("qop", "").split(",") if part.strip()]
        if scheme == "digest" and given.get("nonce") and (not qops or "auth" in qops):
            algorithm = given.get("algorithm", "MD5")
            yield Challenge(
                given.get("realm", ""), given["nonce"], algorithm, "auth" if qops else "", given.get("opaque", "")
            )


def _schemes(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    scheme, given = "", dict[str, str]()
    for match in _PART.finditer(header):
        name, quoted, plain = match.groups()
        if quoted is None and plain is None:
            if scheme:
                yield scheme, given
            scheme, given = name.lower(), {}
        else:
            given[name.lower()] = plain if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    if scheme:
        yield scheme, given


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
