"""Access tokens and the secrets that sign them: rotation, time, and what is never signed for."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest

from ingest.access_tokens import LIFETIME, AccessTokens
from ingest.errors import NotSignedIn
from store.clock import FixedClock
from store.ids import new_id
from store.seal import Keyring

OLD, NEW = "0123456789abcdef" * 4, "fedcba9876543210" * 4
IDS = (new_id(), new_id(), new_id())


def tokens(clock: FixedClock, secrets: str = NEW) -> AccessTokens:
    return AccessTokens(Keyring.from_text(secrets), clock)


def test_a_token_says_who_and_until_when(clock: FixedClock) -> None:
    claim = tokens(clock).read(tokens(clock).issue(*IDS))
    assert (claim.tenant_id, claim.user_id, claim.session_id) == IDS
    assert claim.expires_at == clock.now() + LIFETIME


def test_tokens_of_the_secret_before_are_good_while_it_is_kept(clock: FixedClock) -> None:
    old = tokens(clock, OLD).issue(*IDS)
    assert tokens(clock, f"{NEW},{OLD}").read(old).session_id == IDS[2]
    new = tokens(clock, f"{NEW},{OLD}").issue(*IDS)
    assert tokens(clock, NEW).read(new).session_id == IDS[2]
    with pytest.raises(NotSignedIn) as caught:
        tokens(clock, NEW).read(old)
    assert caught.value.code == "invalid_token"


def test_a_token_is_over_after_its_fifteen_minutes(clock: FixedClock) -> None:
    token = tokens(clock).issue(*IDS)
    clock.advance(LIFETIME - timedelta(seconds=1))
    tokens(clock).read(token)
    clock.advance(timedelta(seconds=1))
    with pytest.raises(NotSignedIn) as caught:
        tokens(clock).read(token)
    assert caught.value.code == "expired_token"


def test_clocks_of_two_machines_may_differ_a_little(clock: FixedClock) -> None:
    ahead = FixedClock(clock.now() + timedelta(seconds=50))
    assert tokens(clock).read(tokens(ahead).issue(*IDS)).session_id == IDS[2]
    far_ahead = FixedClock(clock.now() + timedelta(minutes=5))
    with pytest.raises(NotSignedIn):
        tokens(clock).read(tokens(far_ahead).issue(*IDS))


def test_the_key_id_of_another_secret_does_not_help(clock: FixedClock) -> None:
    keyring = Keyring.from_text(f"{NEW},{OLD}")
    payload = jwt.decode(tokens(clock).issue(*IDS), options={"verify_signature": False})
    key_of_old = Keyring.from_text(OLD).derive("session voiceloop-api")
    token = jwt.encode(payload, key_of_old, algorithm="HS256", headers={"kid": keyring.current_id.hex()})
    with pytest.raises(NotSignedIn):
        AccessTokens(keyring, clock).read(token)
