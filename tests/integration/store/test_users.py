"""People of a tenant: never without an owner, only owners touch owners, nobody gives what they do not hold."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from store import users
from store.access import identity_of_key
from store.clock import FixedClock
from store.database import Connection, Database
from store.errors import Conflict, Invalid, NotAllowed, NotFound, VoiceLoopError
from store.identity import ALL_SCOPES, Identity
from store.ids import new_id
from store.keys import NewKey, create_key
from store.links import is_good, make_link
from store.policy import ROLES, scopes_of_role
from store.users import Member, UserChange

Act = Callable[[Connection], Awaitable[object]]


class People:
    """The tenant's people, acted on as somebody."""

    def __init__(self, database: Database, owner: Identity, clock: FixedClock) -> None:
        self.database, self.owner, self.clock = database, owner, clock

    async def add(self, role: str, email: str = "") -> Member:
        async with self.database.transaction(self.owner) as connection:
            return await users.create_user(
                connection,
                self.owner,
                email=email or f"{new_id()}@demo.test",
                name="Ada",
                role=role,
                at=self.clock.now(),
            )

    def as_(self, member: Member, scopes: frozenset[str] | None = None) -> Identity:
        allowed = scopes_of_role(member.role) if scopes is None else scopes
        return Identity(self.owner.tenant_id, member.id, member.role, allowed, member.name)

    async def change(self, actor: Identity, user: Member, change: UserChange) -> Member:
        async with self.database.transaction(actor) as connection:
            _, after = await users.change_user(connection, actor, user.id, change, at=self.clock.now())
            return after

    async def delete(self, actor: Identity, user: Member) -> None:
        async with self.database.transaction(actor) as connection:
            await users.delete_user(connection, actor, user.id, at=self.clock.now())

    async def restore(self, actor: Identity, user: Member) -> Member:
        async with self.database.transaction(actor) as connection:
            return await users.restore_user(connection, actor, user.id, at=self.clock.now())

    async def purge(self, actor: Identity, user: Member) -> None:
        async with self.database.transaction(actor) as connection:
            await users.purge_user(connection, actor, user.id)

    async def read(self, user_id: UUID) -> Member:
        async with self.database.transaction(self.owner) as connection:
            return await users.read_user(connection, user_id)

    async def me(self) -> Member:
        assert self.owner.user_id is not None
        return await self.read(self.owner.user_id)

    async def sign_in(self, user: Member) -> None:
        """A session without the work of a password."""
        at = self.clock.now()
        async with self.database.transaction(self.owner) as connection:
            await connection.execute(
                "INSERT INTO sessions (id, tenant_id, user_id, kind, created_at, used_at, expires_at) "
                "VALUES (%s, %s, %s, 'program', %s, %s, %s)",
                (new_id(), self.owner.tenant_id, user.id, at, at, at + timedelta(days=30)),
            )

    async def end_reasons(self, user: Member) -> list[str]:
        async with self.database.transaction(self.owner) as connection:
            rows = await (
                await connection.execute("SELECT end_reason FROM sessions WHERE user_id = %s", (user.id,))
            ).fetchall()
        return [row["end_reason"] for row in rows]


@pytest.fixture
def people(database: Database, identity: Identity, clock: FixedClock) -> People:
    return People(database, identity, clock)


def code_of(error: pytest.ExceptionInfo[VoiceLoopError]) -> str:
    return error.value.code


async def test_who_is_new_is_invited_and_gets_a_name(people: People) -> None:
    ada = await people.add("viewer", "  Ada.Lovelace@Demo.test ")
    assert (ada.email, ada.name, ada.role, ada.status) == ("Ada.Lovelace@Demo.test", "Ada", "viewer", "invited")
    async with people.database.transaction(people.owner) as connection:
        nameless = await users.create_user(
            connection, people.owner, email="bob@demo.test", name="", role="agent", at=people.clock.now()
        )
    assert nameless.name == "bob"


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "@demo.test",
        "ada@",
        "a da@demo.test",
        "ada@demo.test, eve@evil.test",
        "ada@demo.test\nBcc: eve@evil.test",
        "ada\u0007@demo.test",
        "ada@-demo.test",
        "ada@demo..test",
        ".ada@demo.test",
        "Ada <ada@demo.test>",
        "\u0430da@demo.test",
        "ada@demo.test\u200b",
        f"{'a' * 250}@b.test",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(Invalid) as error:
        users.clean_email(email)
    assert code_of(error) == "invalid_email"


@pytest.mark.parametrize("email", ["a@b", "ada+test@mail.demo.test", "o'neil@demo.test", "owner@demo.localhost"])
def test_usual_addresses_are_taken(email: str) -> None:
    assert users.clean_email(f" {email}\r\n") == email


async def test_an_address_is_somebodys_whatever_its_case(people: People) -> None:
    await people.add("viewer", "ada@demo.test")
    with pytest.raises(Conflict) as error:
        await people.add("viewer", "ADA@DEMO.TEST")
    assert code_of(error) == "email_taken"
    bob = await people.add("viewer", "bob@demo.test")
    with pytest.raises(Conflict):
        await people.change(people.owner, bob, UserChange(email="Ada@demo.test"))


async def test_the_same_address_may_be_in_two_tenants(
    people: People, database: Database, other_identity: Identity, clock: FixedClock
) -> None:
    await people.add("viewer", "ada@demo.test")
    other = await People(database, other_identity, clock).add("viewer", "ada@demo.test")
    with pytest.raises(NotFound):
        await people.read(other.id)
    for act in (people.delete, people.restore, people.purge):
        with pytest.raises(NotFound) as error:
            await act(people.owner, other)
        assert code_of(error) == "user_not_found"


async def test_the_last_owner_is_neither_deleted_nor_demoted_nor_purged_nor_leaves(people: People) -> None:
    me = await people.me()
    for act in (people.delete, people.purge):
        with pytest.raises(Conflict) as error:
            await act(people.owner, me)
        assert code_of(error) == "last_owner"
    with pytest.raises(Conflict):
        await people.change(people.owner, me, UserChange(role="admin"))
    gone = await people.add("owner")
    await people.delete(people.owner, gone)
    with pytest.raises(Conflict):  # a deleted owner is none
        await people.delete(people.owner, me)
    await people.purge(people.owner, gone)
    assert (await people.me()).role == "owner"


async def test_with_two_owners_one_may_leave(people: People) -> None:
    second = await people.add("owner")
    assert (await people.change(people.owner, await people.me(), UserChange(role="viewer"))).role == "viewer"
    with pytest.raises(Conflict):
        await people.delete(people.as_(second), second)


async def test_of_two_demotions_at_once_of_the_last_two_owners_one_fails(people: People) -> None:
    me, second = await people.me(), await people.add("owner")
    down = UserChange(role="editor")
    outcomes = await asyncio.gather(
        people.change(people.owner, second, down),
        people.change(people.as_(second), me, down),
        return_exceptions=True,
    )
    failed = [outcome for outcome in outcomes if isinstance(outcome, VoiceLoopError)]
    assert [error.code for error in failed] in (["last_owner"], ["role_too_high"])
    roles = [(await people.read(member.id)).role for member in (me, second)]
    assert sorted(roles) == ["editor", "owner"]


async def test_of_leaving_and_purging_at_once_one_fails(people: People) -> None:
    me, second = await people.me(), await people.add("owner")
    outcomes = await asyncio.gather(
        people.delete(people.owner, me), people.purge(people.owner, second), return_exceptions=True
    )
    assert len([outcome for outcome in outcomes if isinstance(outcome, VoiceLoopError)]) == 1


async def test_whatever_people_do_at_once_an_owner_stays(people: People) -> None:
    chance = random.Random(7)
    everybody = [
        await people.me(),
        *[await people.add(role) for role in ("owner", "owner", "admin", "admin", "editor")],
    ]

    def something(actor: Member, target: Member) -> Awaitable[object]:
        identity = people.as_(actor, scopes_of_role("owner"))
        match chance.randrange(8):
            case 0:
                return people.delete(identity, target)
            case 1 | 2 | 3:
                return people.restore(identity, target)
            case _:
                return people.change(identity, target, UserChange(role=chance.choice(ROLES)))

    done = 0
    for _ in range(60):
        now = [await people.read(one.id) for one in everybody]
        acts = [something(chance.choice(now), chance.choice(now)) for _ in range(3)]
        outcomes = await asyncio.gather(*acts, return_exceptions=True)
        assert all(isinstance(one, Member | VoiceLoopError | None) for one in outcomes), outcomes
        done += sum(not isinstance(one, Exception) for one in outcomes)
        owners = [await people.read(one.id) for one in everybody]
        assert [one for one in owners if one.role == "owner" and one.deleted_at is None]
    assert done > 30  # enough of it was allowed


async def test_who_is_brought_back_is_given_no_more_than_one_holds(people: People) -> None:
    gone, viewer = await people.add("owner"), await people.add("viewer")
    small = people.as_(await people.me(), frozenset({"members:read", "members:write"}) | scopes_of_role("viewer"))
    for one in (gone, viewer):
        await people.delete(people.owner, one)
    with pytest.raises(NotAllowed) as error:
        await people.restore(small, gone)
    assert code_of(error) == "scope_not_held"
    assert (await people.read(gone.id)).status == "deleted"
    assert (await people.restore(small, viewer)).status == "invited"
    assert (await people.restore(people.owner, gone)).status == "invited"


async def test_an_admin_manages_everybody_but_owners(people: People) -> None:
    admin, viewer, me = await people.add("admin"), await people.add("viewer"), await people.me()
    actor = people.as_(admin)
    assert (await people.change(actor, viewer, UserChange(role="editor"))).role == "editor"
    refused: list[Awaitable[object]] = [
        people.change(actor, viewer, UserChange(role="owner")),
        people.change(actor, admin, UserChange(role="owner")),
        people.change(actor, me, UserChange(name="Eve")),
        people.change(actor, me, UserChange(email="eve@evil.test")),
        people.delete(actor, me),
        people.purge(actor, me),
    ]
    for act in refused:
        with pytest.raises(NotAllowed) as error:
            await act
        assert code_of(error) == "role_too_high"
    async with people.database.transaction(actor) as connection:
        with pytest.raises(NotAllowed):
            await users.create_user(
                connection, actor, email="eve@evil.test", name="Eve", role="owner", at=people.clock.now()
            )


async def test_whoever_lost_the_role_meanwhile_acts_with_the_role_they_have(people: People) -> None:
    second = await people.add("owner")
    still = people.as_(second)
    await people.change(people.owner, second, UserChange(role="viewer"))
    with pytest.raises(NotAllowed):
        await people.delete(still, await people.me())
    await people.delete(people.owner, second)
    with pytest.raises(NotAllowed) as error:
        await people.change(still, second, UserChange(name="Back"))
    assert code_of(error) == "unknown_user"


async def test_a_small_key_of_an_owner_makes_no_great_account(people: People) -> None:
    viewer, me = await people.add("viewer"), await people.me()
    small = Identity(people.owner.tenant_id, people.owner.user_id, "owner", frozenset({"members:write"}))
    refused: list[Awaitable[object]] = [
        people.change(small, viewer, UserChange(role="owner")),
        people.change(small, me, UserChange(email="eve@evil.test")),
        people.change(small, viewer, UserChange(email="eve@evil.test")),
    ]
    for act in refused:
        with pytest.raises(NotAllowed) as error:
            await act
        assert code_of(error) == "scope_not_held"
    await people.change(small, viewer, UserChange(name="Renamed"))
    await people.delete(small, viewer)


async def test_a_small_key_sends_away_nobody_who_manages_people(people: People) -> None:
    admin, second = await people.add("admin"), await people.add("owner")
    small = Identity(people.owner.tenant_id, people.owner.user_id, "owner", frozenset({"members:write"}))
    for member in (admin, second):
        for act in (people.delete(small, member), people.purge(small, member)):
            with pytest.raises(NotAllowed) as error:
                await act
            assert code_of(error) == "scope_not_held"


async def test_a_lower_role_ends_the_sessions_and_a_higher_one_does_not(people: People) -> None:
    ada = await people.add("editor")
    await people.sign_in(ada)
    await people.change(people.owner, ada, UserChange(role="admin"))
    assert await people.end_reasons(ada) == [""]
    await people.change(people.owner, ada, UserChange(role="viewer"))
    assert await people.end_reasons(ada) == ["role_changed"]


async def test_another_address_ends_sessions_and_unused_links(people: People) -> None:
    ada = await people.add("editor", "ada@demo.test")
    await people.sign_in(ada)
    at = people.clock.now()
    async with people.database.transaction(people.owner) as connection:
        lifetime = timedelta(days=7)
        await make_link(connection, people.owner, ada.id, "invitation", email=ada.email, at=at, lifetime=lifetime)
        row = await (await connection.execute("SELECT id FROM account_links")).fetchone()
    assert row is not None
    await people.change(people.owner, ada, UserChange(email="ADA@demo.test"))
    assert await people.end_reasons(ada) == [""]
    await people.change(people.owner, ada, UserChange(email="ada@elsewhere.test"))
    assert await people.end_reasons(ada) == ["email_changed"]
    async with people.database.transaction(people.owner) as connection:
        assert not await is_good(connection, row["id"], "invitation", at=at)


async def test_the_deleted_are_listed_apart_stop_and_come_back(people: People) -> None:
    ada = await people.add("editor", "ada@demo.test")
    await people.sign_in(ada)
    async with people.database.transaction(people.owner) as connection:
        _, key = await create_key(
            connection, people.owner, NewKey("k", ["calls"]), at=people.clock.now(), user_id=ada.id
        )
    await people.delete(people.owner, ada)
    await people.delete(people.owner, ada)
    assert await people.end_reasons(ada) == ["user_deleted"]
    assert await identity_of_key(people.database, key, people.clock.now()) is None
    assert [user.id for user in await users.list_users(people.database, people.owner, limit=9, after=None)] == [
        people.owner.user_id
    ]
    [gone] = await users.list_users(people.database, people.owner, deleted=True, limit=9, after=None)
    assert (gone.id, gone.status, gone.deleted_at) == (ada.id, "deleted", people.clock.now())
    with pytest.raises(Conflict) as error:
        await people.change(people.owner, ada, UserChange(name="Ada"))
    assert code_of(error) == "user_deleted"
    assert (await people.restore(people.owner, ada)).status == "invited"
    assert await identity_of_key(people.database, key, people.clock.now()) is not None


async def test_nobody_comes_back_to_an_address_that_is_taken(people: People) -> None:
    ada = await people.add("editor", "ada@demo.test")
    await people.delete(people.owner, ada)
    await people.add("viewer", "Ada@demo.test")
    with pytest.raises(Conflict) as error:
        await people.restore(people.owner, ada)
    assert code_of(error) == "email_taken"


async def test_conversations_stay_without_the_purged(people: People) -> None:
    ada = await people.add("editor")
    conversation = new_id()
    async with people.database.transaction(people.owner) as connection:
        await connection.execute(
            "INSERT INTO conversations (id, tenant_id, user_id, channel, started_at, heard_at) "
            "VALUES (%s, %s, %s, 'web', now(), now())",
            (conversation, people.owner.tenant_id, ada.id),
        )
    await people.purge(people.owner, ada)
    with pytest.raises(NotFound):
        await people.read(ada.id)
    async with people.database.transaction(people.owner) as connection:
        row = await (await connection.execute("SELECT id, user_id FROM conversations")).fetchone()
    assert row == {"id": conversation, "user_id": None}


async def test_only_who_has_not_accepted_is_invited_again(people: People) -> None:
    ada = await people.add("editor")
    async with people.database.transaction(people.owner) as connection:
        assert (await users.user_to_invite(connection, people.owner, ada.id)).id == ada.id
        await connection.execute("UPDATE users SET last_sign_in_at = now() WHERE id = %s", (ada.id,))
        with pytest.raises(Conflict) as error:
            await users.user_to_invite(connection, people.owner, ada.id)
    assert code_of(error) == "already_accepted"


async def test_a_list_is_paged_without_gaps(people: People) -> None:
    made = {(await people.add("viewer")).id for _ in range(4)} | {people.owner.user_id}
    seen: list[object] = []
    after = None
    while page := await users.list_users(people.database, people.owner, limit=2, after=after):
        seen += [user.id for user in page]
        after = (page[-1].created_at, page[-1].id)
    assert len(seen) == 5
    assert set(seen) == made


async def test_the_command_line_acts_for_the_tenant_without_being_a_person(people: People) -> None:
    command = Identity(people.owner.tenant_id, None, "owner", ALL_SCOPES, "voiceloop command")
    second = await people.add("owner")
    await people.delete(command, second)
    with pytest.raises(Conflict):
        await people.delete(command, await people.me())
