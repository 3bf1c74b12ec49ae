"""What is remembered of credentials: for seconds, of so many, and never what was looked up before a change."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from ingest import credentials
from ingest.credentials import Credentials
from store.access import SignedIn
from store.clock import FixedClock
from store.errors import Unavailable
from store.identity import Identity
from store.ids import new_id

TENANT, OTHER_TENANT = new_id(), new_id()
KEY = SignedIn(Identity(TENANT, new_id(), "owner"), "key", None)
OTHER_KEY = replace(KEY, identity=Identity(OTHER_TENANT, new_id(), "owner"))


class Asked:
    """A database that knows one credential and counts how often it is asked."""

    def __init__(self, found: SignedIn | None = KEY) -> None:
        self.found = found
        self.times = 0

    async def __call__(self) -> SignedIn | None:
        self.times += 1
        return self.found


@pytest.fixture
async def listening(clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Credentials:
    """Credentials whose listener has connected; it hears nothing until it is lost."""
    made = Credentials(clock)
    monkeypatch.setattr(made, "_listening", True)
    return made


async def test_it_is_asked_again_after_five_seconds(listening: Credentials, clock: FixedClock) -> None:
    asked = Asked()
    for _ in range(3):
        assert await listening.recognise(b"a", asked) is KEY
    assert asked.times == 1
    clock.advance(timedelta(seconds=5))
    await listening.recognise(b"a", asked)
    assert asked.times == 2


async def test_it_is_not_remembered_beyond_its_end(listening: Credentials, clock: FixedClock) -> None:
    asked = Asked(replace(KEY, expires_at=clock.now() + timedelta(seconds=1)))
    await listening.recognise(b"a", asked)
    clock.advance(timedelta(seconds=1))
    asked.found = None
    assert await listening.recognise(b"a", asked) is None


async def test_a_change_makes_it_forget_the_tenant_only(listening: Credentials) -> None:
    asked, others = Asked(), Asked(OTHER_KEY)
    heard: list[UUID | None] = []
    listening.when_forgotten(heard.append)
    for _ in range(2):
        await listening.recognise(b"a", asked)
        await listening.recognise(b"b", others)
    listening.forget(TENANT)
    await listening.recognise(b"a", asked)
    await listening.recognise(b"b", others)
    assert (asked.times, others.times) == (2, 1)
    assert heard == [TENANT]


async def test_what_was_looked_up_while_something_changed_is_not_remembered(listening: Credentials) -> None:
    async def revoked_meanwhile() -> SignedIn:
        listening.forget(TENANT)
        return KEY

    assert await listening.recognise(b"a", revoked_meanwhile) is KEY
    asked = Asked(None)
    assert await listening.recognise(b"a", asked) is None


async def test_only_so_many_are_remembered(listening: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_AT_MOST", 3)
    first = Asked()
    await listening.recognise(b"first", first)
    for number in range(3):
        await listening.recognise(bytes([number]), Asked())
    await listening.recognise(b"first", first)
    assert first.times == 2
    listening.forget(TENANT)


async def test_nothing_is_remembered_before_it_listens_and_all_is_forgotten_when_that_ends(
    clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, before, while_it_listens = Credentials(clock), Asked(), Asked()
    told: list[UUID | None] = []
    made.when_forgotten(told.append)

    async def changes(_url: str) -> AsyncGenerator[UUID | None]:
        for _ in range(2):
            await made.recognise(b"a", before)
        yield None
        assert told == [None], "who was let in before somebody listened is asked again"
        for _ in range(2):
            await made.recognise(b"b", while_it_listens)
        raise Unavailable("The connection broke.")

    class Enough(Exception):
        pass

    async def stop(_seconds: float) -> None:
        for _ in range(2):
            await made.recognise(b"b", while_it_listens)
        raise Enough

    monkeypatch.setattr(credentials, "access_changes", changes)
    monkeypatch.setattr("ingest.credentials.asyncio.sleep", stop)
    with pytest.raises(Enough):
        await made.run("postgresql://nowhere")
    assert before.times == 2
    assert while_it_listens.times == 1 + 2
    assert told == [None, None], "a change in the gap is heard by nobody"
