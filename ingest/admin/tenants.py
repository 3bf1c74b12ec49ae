"""`voiceloop tenant`: the tenants of the installation, as `/api/tenants` shows and changes them, named by slug.

Acts as the tenant that operates the installation; that is ``--tenant``, the first one made (usually `demo`).
"""

from __future__ import annotations

import os
import re
from dataclasses import asdict
from typing import Annotated, Any, Final

import typer

from ingest.admin.desk import Desk, HomeOption, JsonOption, YesOption, at_desk, confirm
from ingest.admin.tables import print_done, print_one, print_rows
from ingest.founding import found_with_owner
from ingest.seed import local_timezone
from store import tenants
from store.database import Connection
from store.errors import Invalid, NotFound
from store.tenants import Tenant, Usage, tenant_id_of_slug

app = typer.Typer(help="Tenants of this installation: list, create, limit, delete.", no_args_is_help=True)
_COLUMNS: Final = ("slug", "name", "users", "documents", "storage", "minutes", "calls", "created_at")
_PAGE: Final = 500
_SIZE: Final = re.compile(r"(\d{1,15})([kmgt]?)b?", re.IGNORECASE)
_FACTORS: Final = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3, "t": 1024**4}
SlugArgument = Annotated[str, typer.Argument(metavar="SLUG", help="The tenant's short name.")]
OperatorOption = Annotated[
    str, typer.Option("--tenant", envvar="VOICELOOP_TENANT", metavar="SLUG", help="The tenant that operates.")
]


@app.command("list")
def list_tenants(
    home: HomeOption = None,
    operator: OperatorOption = "demo",
    deleted: Annotated[bool, typer.Option("--deleted", help="The deleted ones instead.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the tenants and what they use."""

    async def work(desk: Desk) -> list[dict[str, Any]]:
        found: list[Tenant] = []
        while True:
            before = (found[-1].created_at, found[-1].id) if found else None
            page = await tenants.list_tenants(desk.database, desk.identity, limit=_PAGE, deleted=deleted, before=before)
            found += page
            if len(page) < _PAGE:
                break
        async with desk.database.transaction(desk.identity) as connection:
            usage = await tenants.usage_of(connection, desk.identity, [one.id for one in found], at=desk.now())
        return [_row(one, usage[one.id]) for one in found if one.id in usage]

    rows = at_desk(home, operator, work)
    print_rows(rows if as_json else [_flat(row) for row in rows], _COLUMNS, as_json=as_json)


@app.command()
def create(
    slug: SlugArgument,
    owner_email: Annotated[str, typer.Option("--owner-email", help="Who is invited as its first owner.")],
    name: Annotated[str, typer.Option(help="As people see it; made of the slug without it.")] = "",
    timezone: Annotated[str, typer.Option(help="IANA zone such as Europe/Berlin; this machine's without it.")] = "",
    owner_name: Annotated[str, typer.Option("--owner-name", help="The owner's name.")] = "",
    home: HomeOption = None,
    operator: OperatorOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Make a tenant with calendar and personas and invite its owner; prints the link."""

    async def work(desk: Desk) -> tuple[dict[str, Any], str, str]:
        tenant_id, owner, url = await found_with_owner(
            desk.database,
            desk.identity,
            desk.outbox,
            desk.public_url,
            slug=slug,
            name=name or slug.replace("-", " ").title(),
            timezone=timezone or local_timezone(os.environ),
            owner_email=owner_email,
            owner_name=owner_name,
            at=desk.now(),
        )
        async with desk.database.transaction(desk.identity) as connection:
            tenant = await tenants.find_tenant(connection, desk.identity, tenant_id)
        return asdict(tenant), owner.email, url

    tenant, email, url = at_desk(home, operator, work)
    print_done(
        f"The tenant {slug} is there; {email} is invited as its owner. The link:\n{url}",
        {**tenant, "owner": {"email": email}, "invitation_url": url},
        as_json=as_json,
    )


@app.command()
def show(
    slug: SlugArgument, home: HomeOption = None, operator: OperatorOption = "demo", as_json: JsonOption = False
) -> None:
    """Show one tenant, deleted or not, with its limits and what it uses."""

    async def work(desk: Desk) -> dict[str, Any]:
        async with desk.database.transaction(desk.identity) as connection:
            tenant = await _find(desk, connection, slug)
            usage = await tenants.usage_of(connection, desk.identity, [tenant.id], at=desk.now())
        return _row(tenant, usage[tenant.id])

    row = at_desk(home, operator, work)
    usage = row.pop("usage")
    print_one(
        {**row, "usage": usage} if as_json else {**row, **{f"used: {key}": value for key, value in usage.items()}},
        as_json=as_json,
    )


@app.command()
def limits(
    slug: SlugArgument,
    storage: Annotated[str | None, typer.Option(help="Bytes kept, such as 10G, or none.")] = None,
    minutes: Annotated[str | None, typer.Option(help="Minutes of calls in a calendar month, or none.")] = None,
    calls: Annotated[str | None, typer.Option(help="Calls at the same time, or none.")] = None,
    requests: Annotated[str | None, typer.Option(help="HTTP requests in a minute, or none.")] = None,
    home: HomeOption = None,
    operator: OperatorOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Change what a tenant may use; what is not named stays. Without any, show them."""
    given = {
        "storage_limit_bytes": storage,
        "minutes_limit": minutes,
        "calls_limit": calls,
        "requests_limit": requests,
    }
    changes = {column: _limit(column, text) for column, text in given.items() if text is not None}

    async def work(desk: Desk) -> Tenant:
        async with desk.database.transaction(desk.identity) as connection:
            tenant = await _find(desk, connection, slug)
            return await tenants.change_tenant(connection, desk.identity, tenant.id, changes, at=desk.now())

    changed = at_desk(home, operator, work)
    now = {name: getattr(changed, name) for name in tenants.LIMITS}
    shown = now if as_json else {name: "none" if value is None else value for name, value in now.items()}
    print_one({"slug": changed.slug, **shown}, as_json=as_json)


@app.command()
def delete(
    slug: SlugArgument, home: HomeOption = None, operator: OperatorOption = "demo", as_json: JsonOption = False
) -> None:
    """Delete a tenant so that it can be undone: nobody of it gets in any more."""

    async def work(desk: Desk) -> Tenant:
        async with desk.database.transaction(desk.identity) as connection:
            tenant = await _find(desk, connection, slug)
            await tenants.delete_tenant(connection, desk.identity, tenant.id, at=desk.now())
            return await tenants.find_tenant(connection, desk.identity, tenant.id)

    gone = at_desk(home, operator, work)
    print_done(f"{slug} is deleted; `voiceloop tenant restore {slug}` undoes it.", asdict(gone), as_json=as_json)


@app.command()
def restore(
    slug: SlugArgument, home: HomeOption = None, operator: OperatorOption = "demo", as_json: JsonOption = False
) -> None:
    """Bring a deleted tenant back with everything."""

    async def work(desk: Desk) -> Tenant:
        async with desk.database.transaction(desk.identity) as connection:
            tenant = await _find(desk, connection, slug)
            return await tenants.restore_tenant(connection, desk.identity, tenant.id, at=desk.now())

    back = at_desk(home, operator, work)
    print_done(f"{slug} is back.", asdict(back), as_json=as_json)


@app.command()
def purge(
    slug: SlugArgument,
    home: HomeOption = None,
    operator: OperatorOption = "demo",
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Remove a tenant for good, with all rows and files; the sidecar does it within the hour."""
    confirm(f"Remove the tenant {slug} for good, with all its people, documents and conversations?", yes=yes)

    async def work(desk: Desk) -> Tenant:
        async with desk.database.transaction(desk.identity) as connection:
            tenant = await _find(desk, connection, slug)
            return await tenants.begin_purge(connection, desk.identity, tenant.id, at=desk.now())

    gone = at_desk(home, operator, work)
    print_done(
        f"{slug} is closed for good. The sidecar removes its rows and files within the hour, or when it starts next.",
        asdict(gone),
        as_json=as_json,
    )


async def _find(desk: Desk, connection: Connection, slug: str) -> Tenant:
    """Raises NotFound, also when the desk's tenant does not operate the installation."""
    tenant_id = await tenant_id_of_slug(desk.database, slug)
    try:
        if tenant_id is None:
            raise NotFound("", code="tenant_not_found")
        return await tenants.find_tenant(connection, desk.identity, tenant_id)
    except NotFound as error:
        hint = "" if desk.tenant.operates else f" {desk.tenant.slug} does not operate the others; use --tenant."
        raise NotFound(f"There is no tenant {slug!r}.{hint}", code=error.code) from error


def _limit(column: str, text: str) -> int | None:
    """A number, with K, M, G or T for bytes; none takes the limit away. Raises Invalid."""
    if text.lower() in {"none", "unlimited"}:
        return None
    match = _SIZE.fullmatch(text)
    if match is None or (match[2] and column != "storage_limit_bytes"):
        raise Invalid(f"{text!r} is no limit; write a number (10G for bytes) or none.", code="invalid_limit")
    number = int(match[1]) * _FACTORS[match[2].lower()]
    most = 2**62 if column == "storage_limit_bytes" else 2**31 - 1
    least = 1 if column == "requests_limit" else 0
    if not least <= number <= most:
        raise Invalid(f"{text!r} is no limit; it must be from {least} to {most}.", code="invalid_limit")
    return number


def _row(tenant: Tenant, usage: Usage) -> dict[str, Any]:
    return {**asdict(tenant), "usage": {**asdict(usage), "minutes": round(usage.minutes, 1)}}


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """For the table: what is used, of how much."""
    usage = row["usage"]
    return {
        **row,
        "users": usage["users"],
        "documents": usage["documents"],
        "storage": f"{_size(usage['storage_bytes'])} of {_size(row['storage_limit_bytes'])}",
        "minutes": f"{usage['minutes']} of {_count(row['minutes_limit'])}",
        "calls": f"{usage['calls']} of {_count(row['calls_limit'])}",
    }


def _count(limit: int | None) -> str:
    return "any" if limit is None else str(limit)


def _size(number: int | None) -> str:
    if number is None:
        return "any"
    size = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1024:
            return f"{size:.4g} {unit}"
        size /= 1024
    return f"{size:.4g} TB"
