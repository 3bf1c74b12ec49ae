"""API keys: told once, kept as a hash, never more than who makes, changes or revives them may do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from store import keys, users
from store.access import hash_of_secret, identity_of_key
from store.clock import FixedClock
from store.database import Database
from store.errors import Conflict, Invalid, NotAllowed, NotFound, VoiceLoopError
from store.identity import ALL_SCOPES, Identity
from store.keys import Key, KeyChange, NewKey
from store.policy import scopes_of_role
from store.users import UserChange


class Keys:
    """The tenant's keys, acted on as somebody."""

    def __init__(self, database: Database, owner: Identity, clock: FixedClock) -> None:
        self.database, self.clock = database, clock
        self.owner = Identity(owner.tenant_id, owner.user_id, "owner", scopes_of_role("owner"), owner.name)

    async def make(self, actor: Identity, *scopes: str, expires_at: datetime | None = None) -> tuple[Key, str]:
        async with self.database.transaction(actor) as connection:
            return await keys.create_key(connection, actor, NewKey("key", scopes, expires_at), at=self.clock.now())

    async def change(self, actor: Identity, key: Key, change: KeyChange) -> Key:
        async with self.database.transaction(actor) as connection:
            return await keys.change_key(connection, actor, key.id, change, at=self.clock.now())

    async def revoke(self, actor: Identity, key: Key) -> None:
        async with self.database.transaction(actor) as connection:
            await keys.revoke_key(connection, actor, key.id, at=self.clock.now())

    async def restore(self, actor: Identity, key: Key) -> Key:
        async with self.database.transaction(actor) as connection:
            return await keys.restore_key(connection, actor, key.id)

    async def purge(self, actor: Identity, key: Key) -> None:
        async with self.database.transaction(actor) as connection:
            await keys.purge_key(connection, actor, key.id, at=self.clock.now())

    async def member(self, role: str) -> Identity:
        async with self.database.transaction(self.owner) as connection:
            user = await users.create_user(
                connection, self.owner, email=f"{role}@demo.test", name=role, role=role, at=self.clock.now()
            )
        return Identity(self.owner.tenant_id, user.id, role, scopes_of_role(role), role)

    def small(self, *scopes: str) -> Identity:
        """A key of the owner that may do only this."""
        return Identity(self.owner.tenant_id, self.owner.user_id, "owner", frozenset(scopes))

    async def with_key(self, plain: str) -> Identity:
        """Who acts when this key is used."""
        known = await identity_of_key(self.database, plain, self.clock.now())
        assert known is not None
        return known.identity

    async def works(self, key: str) -> bool:
        return await identity_of_key(self.database, key, self.clock.now()) is not None


@pytest.fixture
def book(database: Database, identity: Identity, clock: FixedClock) -> Keys:
    return Keys(database, identity, clock)


def code_of(error: pytest.ExceptionInfo[VoiceLoopError]) -> str:
    return error.value.code


async def test_only_hash_and_hint_of_a_key_are_kept(book: Keys) -> None:
    made, plain = await book.make(book.owner, "documents:read", "calls")
    assert plain.startswith("vl_")
    assert len(plain) == 46
    assert (made.hint, list(made.scopes), made.user_id) == (plain[:8], ["calls", "documents:read"], book.owner.user_id)
    async with book.database.transaction(book.owner) as connection:
        row = await (await connection.execute("SELECT * FROM api_keys")).fetchone()
    assert row is not None
    assert row["key_hash"] == hash_of_secret(plain)
    assert plain not in str(row)
    assert row["created_by"] == book.owner.user_id
    assert await book.works(plain)


async def test_nobody_gives_what_they_do_not_hold(book: Keys) -> None:
    for actor, scope in ((book.owner, "tenants"), (book.small("keys:write"), "calls")):
        with pytest.raises(NotAllowed) as error:
            await book.make(actor, "keys:write", scope)
        assert code_of(error) == "scope_not_held"
        assert scope in error.value.message
    made, plain = await book.make(book.small("keys:write", "calls"), "calls")
    assert list(made.scopes) == ["calls"]
    assert await book.works(plain)


@pytest.mark.parametrize(
    ("scopes", "code"), [((), "scopes_missing"), (("calls", "everything"), "unknown_scope"), (("",), "unknown_scope")]
)
async def test_odd_scopes_are_refused(book: Keys, scopes: tuple[str, ...], code: str) -> None:
    with pytest.raises(Invalid) as error:
        await book.make(book.owner, *scopes)
    assert code_of(error) == code


@pytest.mark.parametrize(
    "end",
    [
        datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
        datetime(2020, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(-timedelta(hours=23))),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=23))),
        datetime(3000, 1, 1, tzinfo=UTC),
    ],
)
async def test_a_key_ends_in_the_future(book: Keys, end: datetime) -> None:
    with pytest.raises(Invalid) as error:
        await book.make(book.owner, "calls", expires_at=end)
    assert code_of(error) == "invalid_expiry"


async def test_a_key_is_over_at_its_end(book: Keys, clock: FixedClock) -> None:
    _, plain = await book.make(book.owner, "calls", expires_at=clock.now() + timedelta(hours=1))
    clock.advance(timedelta(minutes=59, seconds=59))
    assert await book.works(plain)
    clock.advance(timedelta(seconds=1))
    assert not await book.works(plain)


async def test_a_change_adds_only_what_is_held_and_takes_away_anything(book: Keys) -> None:
    great, _ = await book.make(book.owner, "calls", "documents:read", "documents:write")
    small = book.small("keys:write", "calendar:read")
    changed = await book.change(small, great, KeyChange(name="less", scopes=["calls", "calendar:read"]))
    assert (changed.name, list(changed.scopes)) == ("less", ["calendar:read", "calls"])
    with pytest.raises(NotAllowed) as error:
        await book.change(small, great, KeyChange(scopes=["documents:read"]))
    assert code_of(error) == "scope_not_held"


async def test_a_small_key_neither_revives_nor_prolongs_a_great_one(book: Keys, clock: FixedClock) -> None:
    great, plain = await book.make(book.owner, "documents:write", expires_at=clock.now() + timedelta(days=1))
    small = book.small("keys:write")
    for change in (KeyChange(never_expires=True), KeyChange(expires_at=clock.now() + timedelta(days=2))):
        with pytest.raises(NotAllowed):
            await book.change(small, great, change)
    shorter = clock.now() + timedelta(hours=1)
    assert (await book.change(small, great, KeyChange(expires_at=shorter))).expires_at == shorter
    await book.revoke(small, great)
    with pytest.raises(NotAllowed):
        await book.restore(small, great)
    assert not await book.works(plain)
    assert (await book.restore(book.owner, great)).revoked_at is None
    assert await book.works(plain)
    assert (await book.change(book.owner, great, KeyChange(never_expires=True))).expires_at is None


async def test_no_key_makes_widens_or_revives_one_that_outlives_it(book: Keys, clock: FixedClock) -> None:
    end = clock.now() + timedelta(hours=1)
    leaked = await book.with_key((await book.make(book.owner, "keys:write", "calls", expires_at=end))[1])
    assert leaked.key_id is not None
    endless, _ = await book.make(book.owner, "keys:write")
    revoked, _ = await book.make(book.owner, "calls")
    await book.revoke(book.owner, revoked)
    made, _ = await book.make(leaked, "calls")
    assert made.expires_at == end
    shorter, _ = await book.make(leaked, "calls", expires_at=end - timedelta(minutes=1))
    assert (await book.change(leaked, shorter, KeyChange(expires_at=end))).expires_at == end
    assert (await book.change(leaked, endless, KeyChange(name="renamed"))).expires_at is None
    later = end + timedelta(seconds=1)
    async with book.database.transaction(book.owner) as connection:
        itself = await keys.read_key(connection, leaked.key_id)
    for act in (
        book.make(leaked, "calls", expires_at=later),
        book.change(leaked, made, KeyChange(expires_at=later)),
        book.change(leaked, made, KeyChange(never_expires=True)),
        book.change(leaked, itself, KeyChange(never_expires=True)),
        book.change(leaked, endless, KeyChange(scopes=["keys:write", "calls"])),
        book.restore(leaked, revoked),
    ):
        with pytest.raises(NotAllowed) as error:
            await act
        assert code_of(error) == "outlives_key"


async def test_what_ends_a_key_ends_those_made_with_it(book: Keys, clock: FixedClock) -> None:
    first, plain = await book.make(book.owner, "keys:write", "calls")
    second, second_plain = await book.make(await book.with_key(plain), "keys:write", "calls")
    third, third_plain = await book.make(await book.with_key(second_plain), "calls")
    _, other = await book.make(book.owner, "calls")
    end = clock.now() + timedelta(hours=1)
    await book.change(book.owner, first, KeyChange(expires_at=end))
    async with book.database.transaction(book.owner) as connection:
        assert [(await keys.read_key(connection, one.id)).expires_at for one in (second, third)] == [end, end]
    using = await book.with_key(plain)
    await book.revoke(book.owner, first)
    assert [await book.works(one) for one in (plain, second_plain, third_plain, other)] == [False, False, False, True]
    with pytest.raises(NotAllowed) as error:  # who was let in a moment before makes nothing any more
        await book.make(using, "calls")
    assert code_of(error) == "unknown_key"
    await book.restore(book.owner, first)
    assert [await book.works(one) for one in (plain, second_plain, third_plain)] == [True, False, False]
    await book.restore(book.owner, third)
    await book.restore(book.owner, second)
    await book.purge(book.owner, first)
    assert [await book.works(one) for one in (second_plain, third_plain, other)] == [False, False, True]


async def test_what_a_key_names_but_its_person_may_not_do_keeps_nobody_from_reviving_it(book: Keys) -> None:
    every, _ = await book.make(book.owner, "calls")
    async with book.database.transaction(book.owner) as connection:  # as keys of `up` are, whoever operates
        await connection.execute("UPDATE api_keys SET scopes = %s", (sorted(ALL_SCOPES),))
    await book.revoke(book.owner, every)
    assert set((await book.restore(book.owner, every)).scopes) == ALL_SCOPES


async def test_a_revoked_key_is_listed_apart_and_not_changed(book: Keys, clock: FixedClock) -> None:
    first, plain = await book.make(book.owner, "calls")
    second, _ = await book.make(book.owner, "calls")
    await book.revoke(book.owner, first)
    clock.advance(timedelta(hours=1))
    await book.revoke(book.owner, first)
    assert not await book.works(plain)
    [listed] = await keys.list_keys(book.database, book.owner, limit=9, after=None)
    [revoked] = await keys.list_keys(book.database, book.owner, revoked=True, limit=9, after=None)
    assert (listed.id, revoked.id, revoked.revoked_at) == (second.id, first.id, clock.now() - timedelta(hours=1))
    with pytest.raises(Conflict) as error:
        await book.change(book.owner, first, KeyChange(name="new"))
    assert code_of(error) == "key_revoked"
    await book.purge(book.owner, first)
    with pytest.raises(NotFound):
        await book.restore(book.owner, first)


async def test_an_admin_touches_no_key_of_an_owner(book: Keys) -> None:
    owners, _ = await book.make(book.owner, "calls")
    admin, editor = await book.member("admin"), await book.member("editor")
    own, _ = await book.make(admin, "keys:write")
    assert (await book.change(admin, own, KeyChange(name="mine"))).name == "mine"
    for act in (book.revoke, book.restore, book.purge):
        with pytest.raises(NotAllowed) as error:
            await act(admin, owners)
        assert code_of(error) == "role_too_high"
    editors = (await book.make(editor, "calls"))[0]
    await book.revoke(admin, editors)


async def test_a_key_does_less_as_soon_as_its_person_does(book: Keys) -> None:
    admin = await book.member("admin")
    _, plain = await book.make(admin, "keys:write", "calls")
    assert admin.user_id is not None
    async with book.database.transaction(book.owner) as connection:
        await users.change_user(connection, book.owner, admin.user_id, UserChange(role="viewer"), at=book.clock.now())
    known = await identity_of_key(book.database, plain, book.clock.now())
    assert known is not None
    assert known.identity.scopes == {"calls"}


async def test_a_key_for_somebody_else_does_what_they_may(book: Keys) -> None:
    viewer = await book.member("viewer")
    command = Identity(book.owner.tenant_id, None, "owner", ALL_SCOPES, "voiceloop command")
    async with book.database.transaction(command) as connection:
        with pytest.raises(NotAllowed) as error:
            await keys.create_key(
                connection, command, NewKey("k", ["documents:write"]), at=book.clock.now(), user_id=viewer.user_id
            )
        made, _ = await keys.create_key(
            connection, command, NewKey("k", ["calls"]), at=book.clock.now(), user_id=viewer.user_id
        )
        with pytest.raises(Invalid):
            await keys.create_key(connection, command, NewKey("k", ["calls"]), at=book.clock.now())
    assert code_of(error) == "scope_not_held"
    assert made.user_name == "viewer"


async def test_keys_of_another_tenant_are_unknown(
    book: Keys, database: Database, other_identity: Identity, clock: FixedClock
) -> None:
    other, _ = await Keys(database, other_identity, clock).make(other_identity, "calls")
    for act in (book.revoke, book.restore, book.purge):
        with pytest.raises(NotFound) as error:
            await act(book.owner, other)
        assert code_of(error) == "key_not_found"
    assert await keys.list_keys(database, book.owner, limit=9, after=None) == []
