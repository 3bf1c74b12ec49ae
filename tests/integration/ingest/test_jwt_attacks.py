"""Access tokens nobody should believe: forged, changed, borrowed from elsewhere, too early, too late, too long."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from ingest.settings import Settings
from store.database import Database
from store.identity import Identity
from store.seal import Keyring
from tests.integration.ingest.conftest import SECRET, Sidecar
from tests.integration.ingest.people import browser, login, make_person, send, sign_in_page, status_of_me

KEYRING = Keyring.from_text(SECRET)
KEY_ID = KEYRING.current_id.hex()
KEY = KEYRING.derive("session voiceloop-api")
NOBODYS_KEY = b"another key, as long as ours is."


@dataclass(frozen=True)
class Good:
    """A good token taken apart."""

    token: str
    claims: dict[str, Any]
    other_tenant: str
    cookie: str
    refresh_token: str

    def signed(self, header: dict[str, Any] | None = None, *, key: bytes = KEY, **claims: Any) -> str:
        """The token made again with our own key, unless another is given, and these changes; None removes."""
        changed = {name: value for name, value in {**self.claims, **claims}.items() if value is not None}
        return by_hand({"alg": "HS256", "typ": "JWT", "kid": KEY_ID, **(header or {})}, changed, key)


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def by_hand(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    """A token signed with HMAC whatever its header says."""
    signed = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    digest = hashlib.sha512 if header.get("alg") == "HS512" else hashlib.sha256
    return f"{signed}.{encoded(hmac.new(key, signed.encode(), digest).digest())}"


def unsigned(good: Good, alg: str) -> str:
    return ".".join([encoded(json.dumps({"alg": alg, "kid": KEY_ID}).encode()), good.token.split(".")[1], ""])


def with_public_key(good: Good) -> str:
    """Signed with RSA, and again with the public key as if it were the secret."""
    private = rsa.generate_private_key(65537, 2048)
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return good.signed({"alg": "RS256"}, key=public)


def rsa_signed(good: Good) -> str:
    private = rsa.generate_private_key(65537, 2048)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return jwt.encode(good.claims, pem, algorithm="RS256", headers={"kid": KEY_ID})


def tampered(good: Good, **claims: Any) -> str:
    """Another payload under the good token's signature."""
    header, _, signature = good.token.split(".")
    return f"{header}.{encoded(json.dumps({**good.claims, **claims}).encode())}.{signature}"


def spliced(good: Good) -> str:
    header, payload, signature = good.token.split(".")
    return f"{header}..{payload}.{signature}"


ATTACKS: dict[str, Callable[[Good], str]] = {
    "no algorithm": lambda good: unsigned(good, "none"),
    "no algorithm, in capitals": lambda good: unsigned(good, "NONE"),
    "a public key as secret": with_public_key,
    "RSA": rsa_signed,
    "HS512 with our key": lambda good: good.signed({"alg": "HS512"}),
    "HS384 said, HS256 done": lambda good: good.signed({"alg": "HS384"}),
    "the algorithm in small letters": lambda good: good.signed({"alg": "hs256"}),
    "a path as key id": lambda good: good.signed({"kid": "../../../../dev/null"}, key=b""),
    "SQL as key id": lambda good: good.signed({"kid": "' UNION SELECT 'k' --"}, key=b"k"),
    "an unknown key id": lambda good: good.signed({"kid": "deadbeef"}),
    "an empty key id": lambda good: good.signed({"kid": ""}),
    "our key id in capitals and spaces": lambda good: good.signed({"kid": f" {KEY_ID.upper()} "}, key=NOBODYS_KEY),
    "a list as key id": lambda good: good.signed({"kid": [KEY_ID]}),
    "a number as key id": lambda good: good.signed({"kid": 1}),
    "no key id": lambda good: jwt.encode(good.claims, KEY, algorithm="HS256"),
    "a key of its own in the header": lambda good: good.signed({"jwk": {"kty": "oct", "k": encoded(NOBODYS_KEY)}}),
    "a key's address in the header": lambda good: good.signed({"jku": "https://evil.example/keys"}),
    "a critical extension": lambda good: good.signed({"crit": ["b64"], "b64": False}),
    "over": lambda good: good.signed(exp=good.claims["iat"] - 1),
    "endless": lambda good: good.signed(exp=None),
    "an end that is a word": lambda good: good.signed(exp="never"),
    "an end beyond time": lambda good: good.signed(exp=1e300),
    "an end that is true": lambda good: good.signed(exp=True),
    "issued tomorrow": lambda good: good.signed(iat=good.claims["iat"] + 86400, exp=good.claims["exp"] + 86400),
    "not yet valid": lambda good: good.signed(nbf=good.claims["iat"] + 600),
    "for another audience": lambda good: good.signed(aud="voiceloop-page"),
    "for several audiences without ours": lambda good: good.signed(aud=["a", "b"]),
    "for nobody": lambda good: good.signed(aud=None),
    "by another issuer": lambda good: good.signed(iss="evil"),
    "of no session": lambda good: good.signed(sid=None),
    "of an unknown session": lambda good: good.signed(sid=str(uuid4())),
    "of a session that is no id": lambda good: good.signed(sid="' OR true --"),
    "of another user, with our key": lambda good: good.signed(sub=str(uuid4())),
    "of another tenant, with our key": lambda good: good.signed(tenant=good.other_tenant),
    "of another tenant, with another key": lambda good: good.signed(tenant=good.other_tenant, key=NOBODYS_KEY),
    "of another tenant, tampered": lambda good: tampered(good, tenant=good.other_tenant),
    "with another role, tampered": lambda good: tampered(good, role="owner"),
    "signed for another purpose": lambda good: good.signed(key=KEYRING.derive("session voiceloop-page")),
    "a payload that is a list": lambda good: by_hand({"alg": "HS256", "kid": KEY_ID}, [1], KEY),  # type: ignore[arg-type]
    "without its signature": lambda good: good.token.rpartition(".")[0] + ".",
    "its first part only": lambda good: good.token.partition(".")[0],
    "a dot too many": spliced,
    "twice": lambda good: f"{good.token}.{good.token}",
    "only dots": lambda _: "..",
    "encrypted, it says": lambda good: f"{good.token}.a.b",
    "padded with an equals sign": lambda good: good.token + "=",
    "a token in a token": lambda good: good.signed(sid=good.token),
    "far too long": lambda good: good.signed(filling="x" * 5000),
    "a cookie": lambda good: good.cookie,
    "a refresh token": lambda good: good.refresh_token,
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Attackers who try as often as they like: this is not about limits."""
    return settings.model_copy(update={"limit_failed": "100000/60"})


@pytest.fixture
async def good(sidecar: Sidecar, database: Database, other_identity: Identity) -> Good:
    await make_person(database, sidecar.identity)
    pair = await login(sidecar)
    token = str(pair["access_token"])
    page = await sign_in_page(sidecar)
    async with page:
        cookie = next(one.value for one in page.cookie_jar if one.key == "voiceloop_session")
    claims = jwt.decode(token, options={"verify_signature": False})
    return Good(token, claims, str(other_identity.tenant_id), cookie, pair["refresh_token"])


async def test_the_same_token_made_by_hand_is_taken(sidecar: Sidecar, good: Good) -> None:
    assert await status_of_me(sidecar, good.token) == 200
    assert await status_of_me(sidecar, good.signed()) == 200
    assert jwt.get_unverified_header(good.token) == {"alg": "HS256", "typ": "JWT", "kid": KEY_ID}


async def test_no_attack_gets_in(sidecar: Sidecar, good: Good) -> None:
    for remembered in (False, True):  # before the good token was seen, and while it is remembered
        if remembered:
            assert await status_of_me(sidecar, good.token) == 200
        for name, attack in ATTACKS.items():
            async with sidecar.client(attack(good)) as client, client.get("/api/me") as response:
                assert response.status == 401, name
                assert response.headers["WWW-Authenticate"] == "Bearer"
                assert "Traceback" not in await response.text()


async def test_a_token_larger_than_a_header_may_be_is_refused(sidecar: Sidecar, good: Good) -> None:
    async with sidecar.client(good.signed(filling="x" * 20_000)) as client, client.get("/api/me") as response:
        assert response.status in {400, 401}


async def test_a_token_is_no_cookie_and_no_refresh_token(sidecar: Sidecar, good: Good) -> None:
    for value in (good.token, good.refresh_token):
        with_it = {"Cookie": f"voiceloop_session={value}"}
        async with browser(sidecar) as page, page.get("/api/me", headers=with_it) as response:
            assert response.status == 401
    for value in (good.token, good.cookie, "", "x" * 200, "ünknown"):
        status, problem = await send(sidecar, "/api/auth/refresh", {"refresh_token": value})
        assert (status, problem["code"]) == (401, "invalid_refresh_token")
    assert await status_of_me(sidecar, good.token) == 200


async def test_no_cookie_does_what_no_cookie_may(sidecar: Sidecar) -> None:
    for value in ("", "a" * 7000, "' OR true --", "..", '"', "%00"):
        with_it = {"Cookie": f"voiceloop_session={value}"}
        async with aiohttp.ClientSession(sidecar.url) as session, session.get("/api/me", headers=with_it) as response:
            assert response.status == 401, value
