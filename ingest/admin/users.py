"""`voiceloop user`: the people of a tenant, as `/api/users` shows and changes them; passwords and sessions too.

A person is named by e-mail address or id. Passwords are typed at a prompt or read from standard input, never arguments.
"""

from __future__ import annotations

import sys
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from ingest.admin.desk import Desk, HomeOption, JsonOption, TenantOption, YesOption, at_desk, confirm
from ingest.admin.tables import print_done, print_rows
from ingest.invitations import invite as invite_user
from store import users
from store.database import Connection
from store.errors import Conflict, Invalid, NotFound
from store.links import INVITATION_LIFETIME, end_links
from store.passwords import check_strength, hash_password, set_password
from store.policy import ROLES
from store.sessions import end_sessions
from store.users import Member, UserChange

app = typer.Typer(help="People of a tenant: list, invite, change, sign out, delete.", no_args_is_help=True)
_COLUMNS: Final = ("email", "name", "role", "status", "last_sign_in_at", "id")
_MOST: Final = 10_000
UserArgument = Annotated[str, typer.Argument(metavar="USER", help="E-mail address or id.")]


@app.command("list")
def list_users(
    home: HomeOption = None,
    tenant: TenantOption = "demo",
    deleted: Annotated[bool, typer.Option("--deleted", help="The deleted ones instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show who is there."""

    async def work(desk: Desk) -> list[Member]:
        return await users.list_users(desk.database, desk.identity, deleted=deleted, limit=_MOST, after=None)

    print_rows([_row(user) for user in at_desk(home, tenant, work)], _COLUMNS, as_json=as_json)


@app.command()
def invite(
    email: Annotated[str, typer.Argument(help="Their e-mail address.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(ROLES)}.")] = "viewer",
    name: Annotated[str, typer.Option(help="Their name; without one, what stands before the @.")] = "",
    home: HomeOption = None,
    tenant: TenantOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Invite somebody, or once more who has not accepted yet; prints the link."""

    async def work(desk: Desk) -> tuple[Member, str, bool]:
        at = desk.now()
        async with desk.database.transaction(desk.identity) as connection:
            known = [one for one in await users.users_of_email(connection, email) if one.deleted_at is None]
            if known:
                user = await users.user_to_invite(connection, desk.identity, known[0].id)
            else:
                user = await users.create_user(connection, desk.identity, email=email, name=name, role=role, at=at)
            url = await invite_user(desk.outbox, desk.public_url, connection, desk.identity, user, at=at)
        return user, url, desk.outbox is not None

    user, url, is_mailed = at_desk(home, tenant, work)
    sent = (
        "A mail is on its way" if is_mailed else "No mail was sent (the secret key is not known here): pass the link on"
    )
    print_done(
        f"{user.email} is invited as {user.role}. {sent}. "
        f"The link is good for {INVITATION_LIFETIME.days} days and one use:\n{url}",
        {**_row(user), "invitation_url": url},
        as_json=as_json,
    )


@app.command("role")
def set_role(
    user: UserArgument,
    role: Annotated[str, typer.Argument(help=f"One of {', '.join(ROLES)}.")],
    home: HomeOption = None,
    tenant: TenantOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Give somebody another role; a lower one ends their sessions."""

    async def work(desk: Desk) -> Member:
        async with desk.database.transaction(desk.identity) as connection:
            found = await _find(connection, user)
            change, at = UserChange(role=role), desk.now()
            _, after = await users.change_user(connection, desk.identity, found.id, change, at=at)
            return after

    changed = at_desk(home, tenant, work)
    print_done(f"{changed.email} has the role {changed.role}.", _row(changed), as_json=as_json)


@app.command()
def password(
    user: UserArgument, home: HomeOption = None, tenant: TenantOption = "demo", as_json: JsonOption = False
) -> None:
    """Set somebody's password (typed hidden, or a line on standard input); ends their sessions."""
    chosen = _password()

    async def work(desk: Desk) -> Member:
        async with desk.database.transaction(desk.identity) as connection:
            found = await _find(connection, user)
        check_strength(chosen, email=found.email)
        hash_, at = await hash_password(chosen), desk.now()
        async with desk.database.transaction(desk.identity) as connection:
            await set_password(connection, desk.identity, found.id, hash_, at)
            await end_links(connection, found.id, at=at)
            await end_sessions(connection, found.id, at=at, reason="password_changed")
            return await users.read_user(connection, found.id)

    changed = at_desk(home, tenant, work)
    print_done(f"{changed.email} signs in with the new password.", _row(changed), as_json=as_json)


@app.command("sign-out")
def sign_out(
    user: UserArgument, home: HomeOption = None, tenant: TenantOption = "demo", as_json: JsonOption = False
) -> None:
    """End all sessions of somebody; their keys go on."""

    async def work(desk: Desk) -> tuple[Member, int]:
        async with desk.database.transaction(desk.identity) as connection:
            found = await _find(connection, user)
            return found, await end_sessions(connection, found.id, at=desk.now(), reason="signed_out_everywhere")

    found, count = at_desk(home, tenant, work)
    sentence = f"{count} session{'' if count == 1 else 's'} of {found.email} ended."
    print_done(sentence, {**_row(found), "ended_sessions": count}, as_json=as_json)


@app.command()
def delete(
    user: UserArgument, home: HomeOption = None, tenant: TenantOption = "demo", as_json: JsonOption = False
) -> None:
    """Delete somebody so that it can be undone: sessions end, keys stop."""

    async def work(desk: Desk) -> Member:
        async with desk.database.transaction(desk.identity) as connection:
            found = await _find(connection, user)
            await users.delete_user(connection, desk.identity, found.id, at=desk.now())
            return await users.read_user(connection, found.id)

    gone = at_desk(home, tenant, work)
    print_done(f"{gone.email} is deleted; `voiceloop user restore {gone.id}` undoes it.", _row(gone), as_json=as_json)


@app.command()
def restore(
    user: UserArgument, home: HomeOption = None, tenant: TenantOption = "demo", as_json: JsonOption = False
) -> None:
    """Bring somebody back who was deleted; their password and keys count again."""

    async def work(desk: Desk) -> Member:
        async with desk.database.transaction(desk.identity) as connection:
            found = await _find(connection, user, is_deleted=True)
            return await users.restore_user(connection, desk.identity, found.id, at=desk.now())

    back = at_desk(home, tenant, work)
    print_done(f"{back.email} is back as {back.role}.", _row(back), as_json=as_json)


@app.command()
def purge(
    user: UserArgument,
    home: HomeOption = None,
    tenant: TenantOption = "demo",
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Remove somebody for good; conversations and documents stay."""
    confirm(f"Remove {user} for good, with password, sessions and keys?", yes=yes)

    async def work(desk: Desk) -> Member:
        async with desk.database.transaction(desk.identity) as connection:
            found = await _find(connection, user, is_deleted=None)
            await users.purge_user(connection, desk.identity, found.id)
            return found

    gone = at_desk(home, tenant, work)
    print_done(f"{gone.email} is removed for good.", _row(gone), as_json=as_json)


async def find_user(connection: Connection, wanted: str) -> Member:
    """The person with this e-mail address or id who is not deleted. Raises NotFound, Conflict."""
    return await _find(connection, wanted)


async def _find(connection: Connection, wanted: str, *, is_deleted: bool | None = False) -> Member:
    """Raises NotFound, and Conflict when several deleted people had this address."""
    try:
        return await users.read_user(connection, UUID(wanted))
    except ValueError:
        found = await users.users_of_email(connection, wanted)
    fitting = [one for one in found if is_deleted is None or (one.deleted_at is not None) == is_deleted]
    if len(fitting) > 1:
        ids = ", ".join(str(one.id) for one in fitting)
        raise Conflict(f"Several people have or had the address {wanted}; name one by id: {ids}.")
    if not fitting:
        text = "that is deleted" if is_deleted else "here"
        raise NotFound(f"There is nobody with the address {wanted} {text}. `voiceloop user list` shows who is there.")
    return fitting[0]


def _password() -> str:
    """Typed twice at a terminal; otherwise the first line of standard input. Raises Invalid when there is none."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise Invalid("Type the password at the prompt, or write it to standard input.", code="password_missing")
    return line


def _row(user: Member) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "status": user.status,
        "last_sign_in_at": user.last_sign_in_at,
        "created_at": user.created_at,
        "deleted_at": user.deleted_at,
    }
