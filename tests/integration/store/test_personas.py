"""Personas and their versions: every change of content is kept, one persona is the default, writers do not collide."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from store import persona_versions, personas
from store.database import Database
from store.errors import Conflict, NotFound, VoiceLoopError
from store.identity import Identity
from store.persona_versions import CONTENT
from store.personas import Persona, SlugTaken

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 9, tzinfo=UTC)


def content(slug: str, **changes: Any) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": slug.title(),
        "kind": "custom",
        "prompt": "Help.",
        "greeting": "Hello.",
        "language": "en",
        "voice": "",
        "toolsets": ["calendar"],
        "mcp_servers": [],
        "business_hours": {"mon": [["09:00", "17:00"]]},
        "escalation_contacts": [{"name": "Ada", "phone": "+4930123"}],
        "limits": {"call_minutes": 30},
        "pronunciations": [{"written": "Ada", "spoken": "ay da"}],
        "patience": 0.8,
        "patience_by_question": {"digits": 1.5},
        **changes,
    }


class Desk:
    """One tenant's personas, each call a transaction of its own."""

    def __init__(self, database: Database, identity: Identity) -> None:
        self.database, self.identity = database, identity

    async def create(self, slug: str, *, is_default: bool = False) -> Persona:
        async with self.database.transaction(self.identity) as connection:
            return await personas.create(connection, self.identity, content(slug), is_default=is_default, at=AT)

    async def change(self, persona_id: UUID, *, version: int | None = None, **changes: Any) -> Persona:
        is_default = changes.pop("is_default", None)
        async with self.database.transaction(self.identity) as connection:
            return await personas.change(
                connection,
                self.identity,
                persona_id,
                changes,
                at=LATER,
                is_default=is_default,
                expected_version=version,
            )

    async def roll_back(self, persona_id: UUID, version: int) -> Persona:
        async with self.database.transaction(self.identity) as connection:
            return await personas.roll_back(connection, self.identity, persona_id, version, at=LATER)

    async def delete(self, persona_id: UUID) -> None:
        async with self.database.transaction(self.identity) as connection:
            await personas.delete(connection, self.identity, persona_id, at=LATER)

    async def restore(self, persona_id: UUID) -> Persona:
        async with self.database.transaction(self.identity) as connection:
            return await personas.restore(connection, self.identity, persona_id)

    async def purge(self, persona_id: UUID) -> None:
        async with self.database.transaction(self.identity) as connection:
            await personas.purge(connection, self.identity, persona_id)

    async def versions(self, persona_id: UUID) -> list[int]:
        found = await persona_versions.list_versions(self.database, self.identity, persona_id, limit=50)
        return [one.version for one in found]

    async def defaults(self) -> list[str]:
        return [one.slug for one in await personas.list_personas(self.database, self.identity) if one.is_default]


@pytest.fixture
def desk(database: Database, identity: Identity) -> Desk:
    return Desk(database, identity)


async def test_every_change_is_a_version_as_it_was(desk: Desk) -> None:
    made = await desk.create("ada")
    changed = await desk.change(made.id, greeting="Ahoy.", limits={"call_minutes": 5})
    assert (made.version, changed.version) == (1, 2)
    assert (changed.greeting, changed.limits, changed.prompt) == ("Ahoy.", {"call_minutes": 5}, "Help.")
    new, old = await persona_versions.list_versions(desk.database, desk.identity, made.id, limit=50)
    assert old.persona == content("ada")
    assert new.persona == content("ada", greeting="Ahoy.", limits={"call_minutes": 5})
    assert set(new.persona) == set(CONTENT)
    assert (new.created_at, new.created_by, new.created_by_name) == (LATER, desk.identity.user_id, "demo owner")


async def test_a_change_that_changes_nothing_makes_no_version(desk: Desk) -> None:
    made = await desk.create("ada")
    assert await desk.change(made.id, **content("ada")) == made
    assert await desk.roll_back(made.id, 1) == made
    assert await desk.versions(made.id) == [1]


async def test_going_back_is_a_new_version_with_the_old_content(desk: Desk) -> None:
    made = await desk.create("ada")
    await desk.change(made.id, greeting="Ahoy.", toolsets=["knowledge"], slug="eve")
    back = await desk.roll_back(made.id, 1)
    assert (back.version, back.greeting, back.toolsets, back.slug) == (3, "Hello.", ("calendar",), "ada")
    assert await desk.versions(made.id) == [3, 2, 1]
    with pytest.raises(NotFound):
        await desk.roll_back(made.id, 9)


async def test_going_back_does_not_move_the_default_flag(desk: Desk) -> None:
    first, second = await desk.create("ada", is_default=True), await desk.create("eve")
    await desk.change(first.id, greeting="Ahoy.")
    await desk.change(second.id, is_default=True)
    assert not (await desk.roll_back(first.id, 1)).is_default
    assert await desk.defaults() == ["eve"]


async def test_a_persona_without_a_kept_version_keeps_what_it_was(desk: Desk) -> None:
    made = await desk.create("ada")
    async with desk.database.transaction(desk.identity) as connection:
        await connection.execute("DELETE FROM persona_versions")
    await desk.change(made.id, greeting="Ahoy.")
    assert (await desk.roll_back(made.id, 1)).greeting == "Hello."


async def test_of_two_changes_of_the_same_version_one_is_refused(desk: Desk) -> None:
    made = await desk.create("ada")
    results = await asyncio.gather(
        desk.change(made.id, version=1, greeting="A"),
        desk.change(made.id, version=1, greeting="B"),
        return_exceptions=True,
    )
    [lost] = [one for one in results if isinstance(one, VoiceLoopError)]
    assert lost.code == "changed_meanwhile"
    assert await desk.versions(made.id) == [2, 1]


async def test_two_who_set_the_default_at_once_leave_one(desk: Desk) -> None:
    await desk.create("ada", is_default=True)
    others = [await desk.create(slug) for slug in ("eve", "kim", "lee")]
    await asyncio.gather(*(desk.change(one.id, is_default=True) for one in others))
    assert len(await desk.defaults()) == 1


async def test_a_persona_that_becomes_the_default_while_it_is_deleted_is_one_or_the_other(desk: Desk) -> None:
    await desk.create("ada", is_default=True)
    other = await desk.create("eve")
    results = await asyncio.gather(
        desk.delete(other.id), desk.change(other.id, is_default=True), return_exceptions=True
    )
    assert sum(isinstance(one, VoiceLoopError) for one in results) == 1
    assert len(await desk.defaults()) == 1


async def test_the_default_is_neither_deleted_nor_given_away_to_nobody(desk: Desk) -> None:
    made = await desk.create("ada", is_default=True)
    for attempt in (desk.delete(made.id), desk.purge(made.id), desk.change(made.id, is_default=False)):
        with pytest.raises(Conflict, match="default"):
            await attempt
    assert await desk.defaults() == ["ada"]


async def test_a_deleted_persona_comes_back_as_it_was(desk: Desk) -> None:
    made = await desk.create("ada")
    await desk.delete(made.id)
    await desk.delete(made.id)
    assert await personas.list_personas(desk.database, desk.identity) == []
    [there] = await personas.list_personas(desk.database, desk.identity, deleted=True)
    assert there.deleted_at == LATER
    for attempt in (desk.change(made.id, name="X"), desk.versions(made.id), desk.roll_back(made.id, 1)):
        with pytest.raises(NotFound):
            await attempt
    assert await desk.restore(made.id) == made
    assert await desk.restore(made.id) == made


async def test_a_slug_that_was_taken_meanwhile_keeps_the_old_persona_in_the_trash(desk: Desk) -> None:
    made = await desk.create("ada")
    await desk.delete(made.id)
    await desk.create("ada")
    with pytest.raises(SlugTaken):
        await desk.restore(made.id)
    with pytest.raises(SlugTaken):
        await desk.create("ada")


async def test_a_free_slug_gets_a_number(desk: Desk) -> None:
    await desk.create("ada")
    await desk.create("ada-2")
    async with desk.database.transaction(desk.identity) as connection:
        assert await personas.free_slug(connection, "ada") == "ada-3"
        assert await personas.free_slug(connection, "eve") == "eve"


async def test_a_purged_persona_leaves_its_conversations(desk: Desk) -> None:
    made = await desk.create("ada")
    async with desk.database.transaction(desk.identity) as connection:
        await connection.execute(
            "INSERT INTO conversations (id, tenant_id, persona_id, channel, started_at, heard_at) "
            "VALUES (gen_random_uuid(), %s, %s, 'web', now(), now())",
            (desk.identity.tenant_id, made.id),
        )
    await desk.purge(made.id)
    async with desk.database.transaction(desk.identity) as connection:
        rows = await (await connection.execute("SELECT persona_id FROM conversations")).fetchall()
        kept = await (await connection.execute("SELECT FROM persona_versions")).fetchall()
    assert (rows, kept) == ([{"persona_id": None}], [])


async def test_another_tenants_persona_is_unknown(desk: Desk, other_identity: Identity) -> None:
    made = await desk.create("ada")
    stranger = Desk(desk.database, other_identity)
    for attempt in (
        stranger.change(made.id, name="X"),
        stranger.roll_back(made.id, 1),
        stranger.delete(made.id),
        stranger.restore(made.id),
        stranger.purge(made.id),
        stranger.versions(made.id),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert (await stranger.create("ada", is_default=True)).slug == "ada"
    assert await desk.defaults() == []
