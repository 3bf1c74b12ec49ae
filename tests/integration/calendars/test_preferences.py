"""Scheduling preferences as they are kept: whose count, what is inherited, what refuses."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from store.clock import FixedClock
from store.database import Database
from store.errors import Conflict, Invalid, NotAllowed
from store.identity import Identity, agent_identity
from store.ids import new_id
from store.live import listen
from store.policy import scopes_of_role
from tools.calendars.planning.people import calendars_of, circle_of
from tools.calendars.planning.preferences import PreferenceService, preferences_of_people
from tools.calendars.scheduling.preferences import Preferences


@pytest.fixture
def service(database: Database, clock: FixedClock) -> PreferenceService:
    return PreferenceService(database, clock)


async def member(database: Database, owner: Identity, name: str, email: str, role: str = "editor") -> Identity:
    person = replace(owner, user_id=new_id(), role=role, scopes=scopes_of_role(role), name=name)
    async with database.transaction(owner) as connection:
        await connection.execute(
            "INSERT INTO users (id, tenant_id, email, name, role) VALUES (%s, %s, %s, %s, %s)",
            (person.user_id, owner.tenant_id, email, name, role),
        )
    return person


async def test_without_a_word_from_anybody_the_defaults_count(service: PreferenceService, identity: Identity) -> None:
    kept = await service.read(identity)
    assert (kept.said, kept.effective) == ({}, Preferences())


async def test_a_person_inherits_what_the_tenant_says_and_nothing_else_of_others(
    service: PreferenceService, database: Database, identity: Identity
) -> None:
    ada = await member(database, identity, "Ada", "ada@demo.test")
    await service.write(identity, {"holidays": "DE", "buffer_after_min": 10}, "tenant")
    await service.write(identity, {"avoids": ["friday"]})
    kept = await service.write(ada, {"buffer_after_min": 0, "working_hours": {"friday": []}})
    assert kept.said == {"buffer_after_min": 0, "working_hours": {"friday": []}}
    assert (kept.effective.holidays, kept.effective.buffer_after_min, kept.effective.avoids) == ("DE", 0, ())
    await service.write(identity, {"holidays": "FR"}, "tenant")
    assert (await service.read(ada)).effective.holidays == "FR"
    assert (await service.read(ada)).effective.hours[4] == ()


async def test_writing_replaces_what_was_said_before(service: PreferenceService, identity: Identity) -> None:
    await service.write(identity, {"avoids": ["Fridays"], "travel_min": 5})
    kept = await service.write(identity, {"prefers": ["mornings"]})
    assert kept.said == {"prefers": ["mornings"]}
    assert kept.effective == Preferences(prefers=("mornings",))


async def test_what_a_person_prefers_is_not_spoilt_by_what_the_tenant_comes_to_avoid(
    service: PreferenceService, identity: Identity
) -> None:
    await service.write(identity, {"prefers": ["friday"]})
    await service.write(identity, {"avoids": ["friday", "lunch"]}, "tenant")
    assert (await service.read(identity)).effective.avoids == ("lunch",)


async def test_what_makes_no_sense_is_not_kept(service: PreferenceService, identity: Identity) -> None:
    with pytest.raises(Invalid, match="monday"):
        await service.write(identity, {"working_hours": {"monday": [["17:00", "09:00"]]}})
    assert (await service.read(identity)).said == {}


async def test_the_tenants_are_changed_by_who_may_change_the_tenant(
    service: PreferenceService, database: Database, identity: Identity
) -> None:
    ada = await member(database, identity, "Ada", "ada@demo.test")
    with pytest.raises(NotAllowed):
        await service.write(ada, {"travel_min": 0}, "tenant")
    viewer = await member(database, identity, "Vic", "vic@demo.test", "viewer")
    with pytest.raises(NotAllowed):
        await service.write(viewer, {"travel_min": 0})


async def test_the_assistant_has_the_tenants(service: PreferenceService, identity: Identity) -> None:
    await service.write(identity, {"travel_min": 45}, "tenant")
    await service.write(identity, {"travel_min": 5})
    assistant = agent_identity(identity.tenant_id)
    assert (await service.read(assistant)).effective.travel_min == 45
    with pytest.raises(Invalid, match="Only a person"):
        await service.write(assistant, {"travel_min": 5})


async def test_another_tenant_keeps_its_own(
    service: PreferenceService, identity: Identity, other_identity: Identity
) -> None:
    await service.write(identity, {"travel_min": 45}, "tenant")
    assert (await service.read(other_identity, "tenant")).said == {}


async def test_preferences_go_with_their_person_and_each_change_is_recorded(
    service: PreferenceService, database: Database, identity: Identity
) -> None:
    ada = await member(database, identity, "Ada", "ada@demo.test")
    await service.write(ada, {"travel_min": 45})
    async with database.transaction(identity) as connection:
        entries = await (
            await connection.execute(
                "SELECT action, after FROM audit_entries WHERE resource_type = 'scheduling_preferences'"
            )
        ).fetchall()
        await connection.execute("DELETE FROM users WHERE id = %s", (ada.user_id,))
        tenants, people = await preferences_of_people(connection, [ada.user_id] if ada.user_id else [])
    assert [entry["action"] for entry in entries] == ["scheduling_preferences.created"]
    assert entries[0]["after"]["preferences"] == {"travel_min": 45}
    assert (tenants, people) == (Preferences(), {})


async def test_people_are_found_by_mail_name_or_first_name(database: Database, identity: Identity) -> None:
    tom = await member(database, identity, "Tom Miller", "tom@demo.test")
    async with database.transaction(identity) as connection:
        circle = await circle_of(
            connection, identity.user_id, ["TOM@demo.test", " tom  miller ", "Tom", "me", "Nobody"]
        )
        owned = await calendars_of(connection)
    assert {name: person.id for name, person in circle.known.items()} == {
        "TOM@demo.test": tom.user_id,
        " tom  miller ": tom.user_id,
        "Tom": tom.user_id,
        "me": identity.user_id,
    }
    assert owned == []


async def test_a_name_that_fits_several_people_is_asked_back(database: Database, identity: Identity) -> None:
    await member(database, identity, "Tom Miller", "miller@demo.test")
    await member(database, identity, "Tom Baker", "baker@demo.test")
    async with database.transaction(identity) as connection:
        with pytest.raises(Conflict, match=r"baker@demo.test.* and .*miller@demo.test"):
            await circle_of(connection, identity.user_id, ["tom"])
        assert (await circle_of(connection, identity.user_id, ["tom"], unsure_is_nobody=True)).known == {}


async def test_what_was_set_is_told_live_the_tenants_to_all_and_ones_own_to_oneself(
    service: PreferenceService, database: Database, identity: Identity
) -> None:
    heard: list[tuple[str, object, object]] = []
    ready = asyncio.Event()

    async def hear() -> None:
        stream = listen(database.url)
        while len(heard) < 3:
            task = asyncio.ensure_future(anext(stream))
            ready.set()
            event = await task
            if event.type == "calendar_preferences.updated":
                heard.append((event.data["id"], event.data["whose"], event.only_for))

    hearing = asyncio.create_task(hear())
    await ready.wait()
    async with asyncio.timeout(60):
        while not hearing.done():  # until it listens
            await service.write(identity, {"travel_min": 5}, "tenant")
            await service.write(identity, {"travel_min": 10})
            await asyncio.wait([hearing], timeout=0.05)
    assert {*heard} == {
        (str(identity.tenant_id), "tenant", None),
        (str(identity.user_id), "me", identity.user_id),
    }
