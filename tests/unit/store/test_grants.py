"""A signed dispatch holds only as it was written: any other letter, room, time, key or claim is refused."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from store.grants import Grant, GrantRefused, read, read_metadata, sign, write_metadata
from store.seal import Keyring

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
KEYRING = Keyring.from_text("k" * 64)
OTHER_KEYRING = Keyring.from_text("x" * 64)
GRANT = Grant(
    tenant_id=UUID("0193c000-0000-7000-8000-000000000001"),
    tenant_slug="acme",
    kind="room",
    persona="receptionist",
    language="en",
    user_id=UUID("0193c000-0000-7000-8000-000000000002"),
    key_id=UUID("0193c000-0000-7000-8000-000000000003"),
    session_id=UUID("0193c000-0000-7000-8000-000000000004"),
    room="acme~desk",
    expires_at=NOW + timedelta(hours=24),
)
RULE = Grant(GRANT.tenant_id, "acme", "rule", persona="receptionist")
SIGNED = sign(KEYRING, GRANT)
METADATA = write_metadata(KEYRING, GRANT)
ROOM = "acme~desk"


def forged(claims: dict[str, Any], *, key: bytes | None = None, kid: str | None = None) -> str:
    named = KEYRING.current_id.hex() if kid is None else kid
    return jwt.encode(claims, key or KEYRING.derive("dispatch"), algorithm="HS256", headers={"kid": named})


def claims_of(text: str) -> dict[str, Any]:
    return jwt.decode(text, options={"verify_signature": False})


def test_a_grant_is_read_as_it_was_signed() -> None:
    assert read(KEYRING, SIGNED, room=ROOM, now=NOW) == GRANT
    assert read_metadata(KEYRING, METADATA, room=ROOM, now=NOW) == GRANT


def test_people_can_read_who_the_metadata_is_for() -> None:
    shown = json.loads(METADATA)
    assert (shown.pop("grant"), shown) == (
        SIGNED,
        {"tenant": "acme", "persona": "receptionist", "language": "en"},
    )


@given(st.integers(0, len(SIGNED) - 1), st.characters(codec="latin-1"))
def test_any_changed_letter_is_refused(position: int, letter: str) -> None:
    changed = SIGNED[:position] + letter + SIGNED[position + 1 :]
    assume(changed != SIGNED)
    with pytest.raises(GrantRefused):
        read(KEYRING, changed, room=ROOM, now=NOW)


@given(st.integers(0, len(SIGNED)), st.text(min_size=1, max_size=5))
def test_any_added_text_is_refused(position: int, added: str) -> None:
    with pytest.raises(GrantRefused):
        read(KEYRING, SIGNED[:position] + added + SIGNED[position:], room=ROOM, now=NOW)


@given(st.integers(0, len(METADATA) - 1), st.characters(codec="latin-1"))
def test_metadata_with_a_changed_letter_never_makes_another_caller(position: int, letter: str) -> None:
    changed = METADATA[:position] + letter + METADATA[position + 1 :]
    try:
        grant = read_metadata(KEYRING, changed, room=ROOM, now=NOW)
    except GrantRefused:
        return
    assert grant in (GRANT, None)  # the same (a blank between fields), or nobody's


@pytest.mark.parametrize("field", ["tenant", "persona", "language"])
def test_what_people_read_cannot_differ_from_what_counts(field: str) -> None:
    for value in ("other", "", None, 1):
        changed = json.dumps({**json.loads(METADATA), field: value})
        with pytest.raises(GrantRefused, match="something else"):
            read_metadata(KEYRING, changed, room=ROOM, now=NOW)
    without = {name: value for name, value in json.loads(METADATA).items() if name != field}
    with pytest.raises(GrantRefused):
        read_metadata(KEYRING, json.dumps(without), room=ROOM, now=NOW)


@pytest.mark.parametrize("room", ["desk", "acme~desk ", "ACME~desk", "other~desk", ""])
def test_a_grant_copied_into_another_room_is_refused(room: str) -> None:
    with pytest.raises(GrantRefused, match="another room"):
        read(KEYRING, SIGNED, room=room, now=NOW)


def test_a_grant_ends() -> None:
    assert read(KEYRING, SIGNED, room=ROOM, now=NOW + timedelta(hours=23, minutes=59)) == GRANT
    with pytest.raises(GrantRefused, match="over"):
        read(KEYRING, SIGNED, room=ROOM, now=NOW + timedelta(hours=24))


@pytest.mark.parametrize("room", ["call-1", "acme~x", ""])
def test_a_phone_rules_grant_is_good_in_every_room_for_good(room: str) -> None:
    metadata = write_metadata(KEYRING, RULE)
    assert read_metadata(KEYRING, metadata, room=room, now=NOW + timedelta(days=4000)) == RULE


@pytest.mark.parametrize(
    "changes",
    [
        {"room": None},
        {"expires_at": None},
        {"kind": "rule"},
        {"kind": "other"},
        {"kind": "rule", "room": None, "expires_at": None},  # a rule is for whoever calls, so for no user
    ],
)
def test_a_grant_that_is_bound_to_too_little_cannot_be_made(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="grant"):
        replace(GRANT, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "voiceloop session"},
        {"aud": None},
        {"aud": ["voiceloop dispatch", "more"]},
        {"tenant": None},
        {"tenant": "acme"},
        {"tenant": 7},
        {"slug": None},
        {"kind": None},
        {"kind": "rule"},
        {"kind": "key"},
        {"room": None},
        {"exp": None},
        {"exp": "soon"},
        {"exp": 1e300},
        {"user": "somebody"},
        {"user": 7},
        {"key": {}},
    ],
)
def test_a_claim_that_makes_no_grant_is_refused_even_when_signed(changes: dict[str, Any]) -> None:
    claims = {name: value for name, value in {**claims_of(SIGNED), **changes}.items() if value is not None}
    with pytest.raises(GrantRefused):
        read(KEYRING, forged(claims), room=ROOM, now=NOW)


def test_another_installations_grant_is_refused() -> None:
    with pytest.raises(GrantRefused):
        read(OTHER_KEYRING, SIGNED, room=ROOM, now=NOW)
    kid = OTHER_KEYRING.current_id.hex()  # a name it knows does not help
    with pytest.raises(GrantRefused):
        read(OTHER_KEYRING, forged(claims_of(SIGNED), kid=kid), room=ROOM, now=NOW)


@pytest.mark.parametrize("purpose", ["session", "file", ""])
def test_a_key_for_something_else_signs_no_grant(purpose: str) -> None:
    with pytest.raises(GrantRefused):
        read(KEYRING, forged(claims_of(SIGNED), key=KEYRING.derive(purpose)), room=ROOM, now=NOW)


@pytest.mark.parametrize("kid", ["", "..", "00000000", "zz", "../../dev/null", KEYRING.current_id.hex() + "00"])
def test_the_name_of_a_key_leads_nowhere_else(kid: str) -> None:
    with pytest.raises(GrantRefused):
        read(KEYRING, forged(claims_of(SIGNED), kid=kid), room=ROOM, now=NOW)


def test_the_algorithm_is_not_the_writers_to_choose() -> None:
    key = KEYRING.derive("dispatch")  # even the right key with another algorithm
    body = part(json.dumps({"alg": "HS512", "kid": KEYRING.current_id.hex()})) + "." + SIGNED.split(".")[1]
    stronger = f"{body}.{part(hmac.digest(key, body.encode(), 'sha512'))}"
    unsigned = part(json.dumps({"alg": "none", "kid": KEYRING.current_id.hex()})) + "." + SIGNED.split(".")[1] + "."
    for text in (stronger, unsigned, unsigned + SIGNED.rpartition(".")[2]):
        with pytest.raises(GrantRefused):
            read(KEYRING, text, room=ROOM, now=NOW)


def part(value: str | bytes) -> str:
    raw = value.encode() if isinstance(value, str) else value
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_a_grant_outlives_the_rotation_of_the_secret_while_the_old_one_is_kept() -> None:
    both = Keyring.from_text("n" * 64 + "," + "k" * 64)
    assert read(both, SIGNED, room=ROOM, now=NOW) == GRANT
    assert read(both, sign(both, GRANT), room=ROOM, now=NOW) == GRANT
    with pytest.raises(GrantRefused):
        read(KEYRING, sign(both, GRANT), room=ROOM, now=NOW)


@pytest.mark.parametrize("metadata", ["", " ", "{", "[]", "null", '"acme"', "[" * 100_000, '{"tenant": "acme"}'])
def test_metadata_without_a_grant_is_nobodys(metadata: str) -> None:
    assert read_metadata(KEYRING, metadata, room=ROOM, now=NOW) is None


@pytest.mark.parametrize("value", [None, 1, "", ".", "a.b.c", [], {"tenant": "acme"}, "\ud800", "é.é.é"])
def test_a_grant_that_is_none_is_refused_and_not_passed_over(value: object) -> None:
    with pytest.raises(GrantRefused):
        read_metadata(KEYRING, json.dumps({"tenant": "acme", "grant": value}), room=ROOM, now=NOW)


@given(st.text())
def test_no_text_is_a_grant(text: str) -> None:
    with pytest.raises(GrantRefused):
        read(KEYRING, text, room=ROOM, now=NOW)
