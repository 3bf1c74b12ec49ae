"""Google's authorization server as its documentation has it: consent, code, tokens, revocation. Checks all it is sent.

A person at it is `consent`: the address that a browser would be sent back to. What it must refuse, it refuses with
RFC 6749's words; what it never gets right is in `problems`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import BasicAuth, web

CLIENT_ID, CLIENT_SECRET = "client-1.apps.googleusercontent.com", "GOCSPX-not-a-secret"
ROOT = "https://www.googleapis.com/auth/"
HOSTS = ("accounts.google.com", "oauth2.googleapis.com")


@dataclass
class _Code:
    redirect_uri: str
    challenge: str
    scopes: list[str]
    offline: bool


@dataclass
class GoogleOAuth:
    """``refreshes`` counts them; ``unticked`` are scopes a person leaves out; ``is_down`` answers 503 to
    everything, ``garbage`` a page for people."""

    redirect_uris: set[str]
    url: str = ""
    unticked: set[str] = field(default_factory=set[str])
    denies: bool = False
    is_down: bool = False
    garbage: bool = False
    withdrawn: bool = False
    rotates: bool = False
    lifetime_s: int = 3599
    refreshes: int = 0
    exchanges: int = 0
    revoked: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])
    access_tokens: set[str] = field(default_factory=set[str])
    refresh_token: str = ""
    _codes: dict[str, _Code] = field(default_factory=dict[str, _Code])
    _count: int = 0

    def consent(self, authorize_url: str) -> str:
        """What a person's browser would be sent back to, after they agreed (or denied) at this address."""
        parts = urlsplit(authorize_url)
        asked = dict(parse_qsl(parts.query))
        self._check_request(f"{parts.scheme}://{parts.netloc}{parts.path}", asked)
        if self.denies:
            return self._back(asked, {"error": "access_denied"})
        scopes = [one for one in asked["scope"].split() if one.removeprefix(ROOT) not in self.unticked]
        code = self._new("4/code")
        self._codes[code] = _Code(
            asked["redirect_uri"], asked["code_challenge"], scopes, asked.get("access_type") == "offline"
        )
        return self._back(asked, {"code": code, "scope": " ".join(scopes)})

    def _check_request(self, place: str, asked: dict[str, str]) -> None:
        wanted = {
            "client_id": CLIENT_ID,
            "response_type": "code",
            "access_type": "offline",
            "prompt": "consent",
            "code_challenge_method": "S256",
        }
        self._expect(place == "https://accounts.google.com/o/oauth2/v2/auth", f"authorize at {place}")
        for name, value in wanted.items():
            self._expect(asked.get(name) == value, f"{name} is {asked.get(name)!r}")
        self._expect(asked.get("redirect_uri") in self.redirect_uris, "redirect_uri is not registered")
        self._expect(len(asked.get("state", "")) >= 32, "state is short")
        self._expect(len(asked.get("code_challenge", "")) == 43, "code_challenge is no SHA-256")

    def _expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.problems.append(otherwise)

    def _back(self, asked: dict[str, str], answer: dict[str, str]) -> str:
        return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **answer})}"

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if self.is_down:
            return web.json_response({"error": "backend_error"}, status=503)
        if self.garbage:
            return web.Response(text="<html>maintenance</html>", content_type="text/html")
        if _client_of(request, form) != (CLIENT_ID, CLIENT_SECRET):
            return _refuse("invalid_client", 401)
        if form.get("grant_type") == "authorization_code":
            return self._exchange(form)
        if form.get("grant_type") == "refresh_token":
            return self._refresh(form)
        return _refuse("unsupported_grant_type")

    def _exchange(self, form: dict[str, str]) -> web.Response:
        code = self._codes.pop(form.get("code", ""), None)  # good once
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if code is None or code.redirect_uri != form.get("redirect_uri") or code.challenge != challenge:
            return _refuse("invalid_grant")
        self.exchanges += 1
        answer: dict[str, Any] = {**self._access(), "scope": " ".join(code.scopes)}
        if code.offline:
            self.refresh_token = answer["refresh_token"] = self._new("1//refresh")
        return web.json_response(answer)

    def _refresh(self, form: dict[str, str]) -> web.Response:
        if self.withdrawn or form.get("refresh_token") != self.refresh_token:
            return _refuse("invalid_grant", description="Token has been expired or revoked.")
        self.refreshes += 1
        answer = self._access()
        if self.rotates:
            self.refresh_token = answer["refresh_token"] = self._new("1//refresh")
        return web.json_response(answer)

    def _access(self) -> dict[str, Any]:
        token = self._new("ya29.access")
        self.access_tokens.add(token)
        return {"access_token": token, "expires_in": self.lifetime_s, "token_type": "Bearer"}

    async def _revoke(self, request: web.Request) -> web.Response:
        form = await request.post()
        if self.is_down:
            return web.json_response({}, status=503)
        self.revoked.append(str(form.get("token")))
        return web.json_response({})

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count}"

    def places(self) -> dict[str, str]:
        """Where Google's hosts are instead."""
        return dict.fromkeys(HOSTS, self.url)


def _client_of(request: web.Request, form: dict[str, str]) -> tuple[str, str]:
    """Named in the header or in the body (RFC 6749, 2.3.1)."""
    header = request.headers.get("Authorization")
    if header is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    basic = BasicAuth.decode(header)
    return basic.login, basic.password


def _refuse(error: str, status: int = 400, description: str = "Bad Request") -> web.Response:
    return web.json_response({"error": error, "error_description": description}, status=status)


@asynccontextmanager
async def google_oauth(redirect_uris: Iterable[str]) -> AsyncGenerator[GoogleOAuth]:
    """The server, on a free port of this machine."""
    fake = GoogleOAuth(set(redirect_uris))
    app = web.Application()
    app.router.add_post("/token", fake._token)  # pyright: ignore[reportPrivateUsage]
    app.router.add_post("/revoke", fake._revoke)  # pyright: ignore[reportPrivateUsage]
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        fake.url = f"http://{host}:{port}"
        yield fake
    finally:
        await runner.cleanup()
