"""Microsoft's authority as its documentation has it: consent, code, tokens that rotate. Checks what it is sent.

It stands for https://login.test: msal takes no authority without TLS, so its requests are led here (`loopback.py`).
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import web

AUTHORITY = "https://login.test"
TENANT = "common"
CLIENT_ID, CLIENT_SECRET = "11111111-2222-3333-4444-555555555555", "ms~not~a~secret"
OBJECT_ID, DIRECTORY = "0b1ec7", "d1rec70r4"


@dataclass
class _Code:
    redirect_uri: str
    challenge: str
    nonce: str
    scopes: list[str]


@dataclass
class MicrosoftAuthority:
    """``address``: who signs in; ``withdrawn``: their consent is over; ``is_down`` answers 503 to everything."""

    redirect_uris: set[str]
    address: str = "ada@contoso.test"
    url: str = ""
    denies: bool = False
    is_down: bool = False
    garbage: bool = False
    withdrawn: bool = False
    leaves_out: set[str] = field(default_factory=set[str])
    refreshes: int = 0
    exchanges: int = 0
    descriptions: int = 0
    problems: list[str] = field(default_factory=list[str])
    refresh_token: str = ""
    _codes: dict[str, _Code] = field(default_factory=dict[str, _Code])
    _count: int = 0

    def consent(self, authorize_url: str) -> str:
        """What a person's browser would be sent back to, after they agreed (or denied) at this address."""
        parts = urlsplit(authorize_url)
        asked = dict(parse_qsl(parts.query))
        scopes = asked.get("scope", "").split()
        place = f"{parts.scheme}://{parts.netloc}{parts.path}"
        self._expect(place == f"{AUTHORITY}/{TENANT}/oauth2/v2.0/authorize", f"authorize at {place}")
        self._expect(asked.get("client_id") == CLIENT_ID, "client_id")
        self._expect(asked.get("response_mode") == "query", f"response_mode {asked.get('response_mode')}")
        self._expect(asked.get("redirect_uri") in self.redirect_uris, "redirect_uri is not registered")
        self._expect(asked.get("code_challenge_method") == "S256", "no PKCE")
        self._expect({"offline_access", "openid"} <= set(scopes), f"scopes {scopes}")
        if self.denies:
            return self._back(asked, {"error": "access_denied", "error_description": "The user said no."})
        code = self._new("M.code")
        given = [one for one in scopes if one not in self.leaves_out and one != "offline_access"]
        self._codes[code] = _Code(asked["redirect_uri"], asked["code_challenge"], asked["nonce"], given)
        return self._back(asked, {"code": code, "session_state": "s"})

    def _expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.problems.append(otherwise)

    def _back(self, asked: dict[str, str], answer: dict[str, str]) -> str:
        return f"{asked['redirect_uri']}?{urlencode({'state': asked['state'], **answer})}"

    async def _description(self, _: web.Request) -> web.Response:
        if self.is_down:
            return web.json_response({}, status=503)
        self.descriptions += 1
        root = f"{AUTHORITY}/{TENANT}"
        return web.json_response(
            {
                "issuer": f"{AUTHORITY}/{DIRECTORY}/v2.0",
                "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
                "token_endpoint": f"{root}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
                "jwks_uri": f"{root}/discovery/v2.0/keys",
            }
        )

    async def _token(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        if self.is_down:
            return web.json_response({"error": "temporarily_unavailable"}, status=503)
        if self.garbage:
            return web.Response(text="<html>maintenance</html>", content_type="text/html")
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _refuse("invalid_client", "AADSTS7000215: Invalid client secret provided.", 401)
        if form.get("grant_type") == "authorization_code":
            return self._exchange(form)
        return self._refresh(form)

    def _exchange(self, form: dict[str, str]) -> web.Response:
        code = self._codes.pop(form.get("code", ""), None)  # good once
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if code is None or code.redirect_uri != form.get("redirect_uri") or code.challenge != challenge:
            return _refuse("invalid_grant", "AADSTS54005: OAuth2 Authorization code was already redeemed.")
        self.exchanges += 1
        return web.json_response(self._tokens(code.scopes, code.nonce))

    def _refresh(self, form: dict[str, str]) -> web.Response:
        if self.withdrawn or form.get("refresh_token") != self.refresh_token:
            return _refuse("invalid_grant", "AADSTS700082: The refresh token has expired due to inactivity.")
        self.refreshes += 1
        return web.json_response(self._tokens(form.get("scope", "").split(), ""))

    def _tokens(self, scopes: list[str], nonce: str) -> dict[str, Any]:
        self.refresh_token = self._new("0.refresh")
        now = int(time.time())
        claims = {
            "iss": f"{AUTHORITY}/{DIRECTORY}/v2.0",
            "aud": CLIENT_ID,
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "oid": OBJECT_ID,
            "tid": DIRECTORY,
            "sub": OBJECT_ID,
            "preferred_username": self.address,
            **({"nonce": nonce} if nonce else {}),
        }
        return {
            "token_type": "Bearer",
            "scope": " ".join(scopes),
            "expires_in": 3599,
            "ext_expires_in": 3599,
            "access_token": self._new("eyJ.access"),
            "refresh_token": self.refresh_token,
            "id_token": f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}.{_part({'not': 'checked'})}",
            "client_info": _part({"uid": OBJECT_ID, "utid": DIRECTORY}),
        }

    def _new(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count}"

    def places(self) -> dict[str, str]:
        """Where the authority's host is instead."""
        return {"login.test": self.url}


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _refuse(error: str, description: str, status: int = 400) -> web.Response:
    return web.json_response({"error": error, "error_description": description, "error_codes": [1]}, status=status)


@asynccontextmanager
async def microsoft_authority(redirect_uris: Iterable[str]) -> AsyncGenerator[MicrosoftAuthority]:
    """The server, on a free port of this machine."""
    fake = MicrosoftAuthority(set(redirect_uris))
    app = web.Application()
    description, token = fake._description, fake._token  # pyright: ignore[reportPrivateUsage]
    app.router.add_get(f"/{TENANT}/v2.0/.well-known/openid-configuration", description)
    app.router.add_post(f"/{TENANT}/oauth2/v2.0/token", token)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        fake.url = f"http://{host}:{port}"
        yield fake
    finally:
        await runner.cleanup()
