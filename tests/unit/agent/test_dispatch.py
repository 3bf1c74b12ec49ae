"""A signed dispatch says whose call it is; an unsigned one starts a call of the default tenant, and no other."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.dispatch import Dispatch, read_dispatch
from store.grants import UNSIGNED, Grant, GrantRefused, write_metadata
from store.seal import Keyring

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
KEYRING = Keyring.from_text("k" * 64)
TENANT = UUID("0193c000-0000-7000-8000-000000000001")
USER = UUID("0193c000-0000-7000-8000-000000000002")
GRANT = Grant(
    TENANT, "acme", "room", "receptionist", "en", USER, room="acme~desk", expires_at=NOW + timedelta(hours=24)
)


def read(metadata: str, *, room: str = "acme~desk", unsigned: str = "default-tenant") -> Dispatch:
    return read_dispatch(metadata, keyring=KEYRING, room=room, now=NOW, default_tenant="demo", unsigned=unsigned)


@pytest.mark.parametrize("unsigned", UNSIGNED)
def test_a_grant_chooses_tenant_persona_language_and_user(unsigned: str) -> None:
    metadata = write_metadata(KEYRING, GRANT)
    assert read(metadata, unsigned=unsigned) == Dispatch("acme", "receptionist", "en", TENANT, USER)


@pytest.mark.parametrize("unsigned", UNSIGNED)
def test_a_grant_that_does_not_hold_is_refused_however_little_is_asked_for(unsigned: str) -> None:
    metadata = write_metadata(KEYRING, GRANT)
    with pytest.raises(GrantRefused):
        read(metadata, room="desk", unsigned=unsigned)
    with pytest.raises(GrantRefused):
        read('{"grant": ""}', unsigned=unsigned)


@pytest.mark.parametrize("room", ["call-+4930123-x", "acme~desk"])
def test_a_phone_rules_metadata_says_whom_a_caller_reaches_and_nothing_of_the_caller(room: str) -> None:
    metadata = write_metadata(KEYRING, Grant(TENANT, "acme", "rule", "receptionist"))
    assert read(metadata, room=room, unsigned="none") == Dispatch("acme", "receptionist", tenant_id=TENANT)


def test_unsigned_metadata_chooses_persona_and_language_of_the_default_tenant_and_no_user() -> None:
    text = json.dumps({"tenant": "demo", "persona": "receptionist", "language": "en", "user": str(USER)})
    assert read(text) == Dispatch("demo", "receptionist", "en")
    assert read('{"persona": "receptionist"}') == Dispatch("demo", "receptionist")


def test_unsigned_metadata_names_another_tenant_only_where_that_is_allowed() -> None:
    text = json.dumps({"tenant": "acme", "user": str(USER), "tenant_id": str(TENANT)})
    with pytest.raises(GrantRefused):
        read(text)
    assert read(text, unsigned="any-tenant") == Dispatch("acme")


@pytest.mark.parametrize("text", ["", "{}", '{"tenant": "demo"}', "hello"])
def test_unsigned_metadata_starts_nothing_where_none_is_allowed(text: str) -> None:
    with pytest.raises(GrantRefused):
        read(text, unsigned="none")


@pytest.mark.parametrize(
    "text", ["", "   ", "{", "[]", "null", '"acme"', '{"tenant": 7, "persona": null, "user": "x"}', '{"tenant": " "}']
)
def test_anything_malformed_means_the_default(text: str) -> None:
    assert read(text) == Dispatch("demo")


@given(st.text() | st.dictionaries(st.sampled_from(["tenant", "persona", "user"]), st.text()).map(json.dumps))
def test_no_unsigned_text_leads_to_another_tenant(text: str) -> None:
    try:
        dispatch = read(text)
    except GrantRefused:
        return
    assert (dispatch.tenant, dispatch.tenant_id, dispatch.user_id) == ("demo", None, None)
