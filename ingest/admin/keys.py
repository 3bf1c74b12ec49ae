"""`voiceloop key`: the API keys of a tenant, as `/api/keys` shows and changes them. A key is named by id or hint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from ingest.admin.desk import Desk, HomeOption, JsonOption, TenantOption, at_desk
from ingest.admin.tables import print_done, print_rows
from ingest.admin.users import find_user
from store import keys
from store.database import Connection
from store.errors import Conflict, Invalid, NotFound
from store.keys import Key, NewKey
from store.policy import SCOPE_DESCRIPTIONS, scopes_of_role
from store.tenants import first_owner

app = typer.Typer(help="API keys of a tenant: list, create, revoke, restore.", no_args_is_help=True)
_COLUMNS: Final = ("hint", "name", "user", "scopes", "expires_at", "last_used_at", "id")
_MOST: Final = 10_000
KeyArgument = Annotated[str, typer.Argument(metavar="KEY", help="Id, or the first eight characters.")]


@app.command("list")
def list_keys(
    home: HomeOption = None,
    tenant: TenantOption = "demo",
    revoked: Annotated[bool, typer.Option("--revoked", help="The revoked ones instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show which keys there are; never the keys themselves."""

    async def work(desk: Desk) -> list[Key]:
        return await keys.list_keys(desk.database, desk.identity, revoked=revoked, limit=_MOST, after=None)

    rows = [_row(key) for key in at_desk(home, tenant, work)]
    print_rows(rows if as_json else [{**row, "user": row["user"]["name"]} for row in rows], _COLUMNS, as_json=as_json)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scope: Annotated[list[str] | None, typer.Option("--scope", help="What it may do; name it again for more.")] = None,
    all_scopes: Annotated[bool, typer.Option("--all-scopes", help="All that its person may do.")] = False,
    user: Annotated[str, typer.Option(help="Whose key it is (e-mail or id); the first owner's without it.")] = "",
    expires: Annotated[str, typer.Option(help="Days from now, such as 90, or an instant with offset.")] = "",
    home: HomeOption = None,
    tenant: TenantOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Make a key and print it: it is shown now and never again."""

    async def work(desk: Desk) -> tuple[Key, str]:
        at = desk.now()
        whose, role = await _person(desk, user)
        scopes = sorted(scopes_of_role(role, operates=desk.tenant.operates)) if all_scopes else scope or []
        new = NewKey(name, scopes, _instant(expires, at))
        async with desk.database.transaction(desk.identity) as connection:
            return await keys.create_key(connection, desk.identity, new, at=at, user_id=whose)

    key, plain = at_desk(home, tenant, work)
    print_done(
        f"The key {key.name!r} of {key.user_name} is shown now and never again:\n{plain}",
        {**_row(key), "key": plain},
        as_json=as_json,
    )


@app.command()
def revoke(
    key: KeyArgument, home: HomeOption = None, tenant: TenantOption = "demo", as_json: JsonOption = False
) -> None:
    """Stop a key at once; it can be restored."""

    async def work(desk: Desk) -> Key:
        async with desk.database.transaction(desk.identity) as connection:
            found = await _find(connection, key, is_revoked=False)
            await keys.revoke_key(connection, desk.identity, found.id, at=desk.now())
            return await keys.read_key(connection, found.id)

    gone = at_desk(home, tenant, work)
    print_done(f"The key {gone.hint} ({gone.name}) is revoked.", _row(gone), as_json=as_json)


@app.command()
def restore(
    key: KeyArgument, home: HomeOption = None, tenant: TenantOption = "demo", as_json: JsonOption = False
) -> None:
    """Make a revoked key work again."""

    async def work(desk: Desk) -> Key:
        async with desk.database.transaction(desk.identity) as connection:
            found = await _find(connection, key, is_revoked=True)
            return await keys.restore_key(connection, desk.identity, found.id)

    back = at_desk(home, tenant, work)
    print_done(f"The key {back.hint} ({back.name}) works again.", _row(back), as_json=as_json)


@app.command("scopes")
def list_scopes(as_json: JsonOption = False) -> None:
    """Show the scopes there are and what each lets a key do."""
    rows = [{"scope": scope, "description": text} for scope, text in SCOPE_DESCRIPTIONS.items()]
    print_rows(rows, ("scope", "description"), as_json=as_json)


async def _person(desk: Desk, wanted: str) -> tuple[UUID, str]:
    """Whose key it shall be, and their role. Raises NotFound."""
    if not wanted:
        owner = await first_owner(desk.database, desk.identity)
        if owner is None:
            raise NotFound("This tenant has no owner. Name whose key it is with --user.")
        return owner.id, owner.role
    async with desk.database.transaction(desk.identity) as connection:
        found = await find_user(connection, wanted)
    return found.id, found.role


async def _find(connection: Connection, wanted: str, *, is_revoked: bool) -> Key:
    """Raises NotFound, and Conflict when several keys begin like this."""
    try:
        return await keys.read_key(connection, UUID(wanted))
    except ValueError:
        found: Sequence[Key] = await keys.keys_of_hint(connection, wanted)
    fitting = [one for one in found if (one.revoked_at is not None) == is_revoked]
    if len(fitting) > 1:
        raise Conflict(f"Several keys begin with {wanted[:8]}; name one by its id (`voiceloop key list`).")
    if not fitting:
        raise NotFound("There is no such API key. `voiceloop key list` shows which there are.", code="key_not_found")
    return fitting[0]


def _instant(text: str, at: datetime) -> datetime | None:
    """Days from now, or an ISO instant with an offset. Raises Invalid."""
    try:
        if not text:
            return None
        if text.isdecimal():
            return at + timedelta(days=int(text))
        instant = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise Invalid(f"{text!r} is neither a number of days nor an instant such as 2027-01-31T12:00:00Z.") from error
    if instant.tzinfo is None:
        raise Invalid("An instant needs an offset, for example a Z at its end.")
    return instant


def _row(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "hint": key.hint,
        "scopes": list(key.scopes),
        "user": {"id": key.user_id, "name": key.user_name},
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
    }
