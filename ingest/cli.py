"""The `voiceloop` command. Parses what was typed and hands it on; the work is in ``up``, ``doctor`` and the programs.

The worker is another program (``python -m agent``) that this package must not import, so it is executed, not called.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from ingest import doctor as doctor_module
from ingest import rotation_command
from ingest.admin import documents, keys, tenants, users
from ingest.admin.tables import masked_lines
from ingest.laptop.database import migrate_database, run_console
from ingest.up import Options, default_home
from ingest.up import up as start_everything
from store.clock import pin_clock
from store.errors import VoiceLoopError
from store.log import configure

app = typer.Typer(
    help="A realtime voice agent you host yourself.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(tenants.app, name="tenant")
app.add_typer(users.app, name="user")
app.add_typer(keys.app, name="key")
app.add_typer(documents.app, name="document")
Home = Annotated[
    Path | None, typer.Option("--home", envvar="VOICELOOP_HOME", help="Directory for data, keys and logs.")
]


def main() -> None:
    """Run the command; an error a person can act on becomes one sentence and exit code 1."""
    try:
        app()
    except VoiceLoopError as error:
        Console(stderr=True, highlight=False).print(
            f"Error: {masked_lines(error.message)}", markup=False, soft_wrap=True
        )
        sys.exit(1)


@app.command()
def up(
    home: Home = None,
    port: Annotated[int, typer.Option(envvar="VOICELOOP_PORT", min=1, max=65_535, help="Port of the page.")] = 8080,
    host: Annotated[str, typer.Option(help="Address to listen on; the default is reached from this machine only.")] = (
        "127.0.0.1"
    ),
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Open no browser.")] = False,
    without_page: Annotated[bool, typer.Option("--without-page", help="Do not build the page.")] = False,
) -> None:
    """Start everything on this machine, without any account or key."""
    options = Options(
        home=home or default_home(os.environ), host=host, port=port, browser=not no_browser, page=not without_page
    )
    pin_clock(os.environ)
    raise typer.Exit(asyncio.run(start_everything(options, os.environ)))


@app.command()
def serve() -> None:
    """Run the sidecar (HTTP, page, documents) with the settings in the environment."""
    _become("-m", "ingest")


@app.command()
def worker() -> None:
    """Run the worker that takes the calls, with the settings in the environment."""
    _become("-m", "agent", "start")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def console(context: typer.Context, home: Home = None) -> None:
    """Talk to the assistant in this terminal; --text types instead."""
    if os.environ.get("DATABASE_URL"):
        _become("-m", "agent", "console", *context.args)
    raise typer.Exit(asyncio.run(run_console(home or default_home(os.environ), os.environ, context.args)))


@app.command()
def migrate(
    home: Home = None,
    first_tenant: Annotated[
        bool, typer.Option("--seed", help="Also make the first tenant and its owner's key (owner.key in the home).")
    ] = False,
) -> None:
    """Bring the database (DATABASE_URL, else the one in the home) to this version."""
    asyncio.run(migrate_database(home or default_home(os.environ), os.environ, first_tenant=first_tenant))


@app.command("rotate-key")
def rotate_key(
    home: Home = None,
    check: Annotated[
        bool,
        typer.Option("--check", help="Only count what is under which key; exit code 1 while an old one is needed."),
    ] = False,
) -> None:
    """Seal everything again with the first key of VOICELOOP_SECRET_KEY=new,old, in the background."""
    configure(pretty=True, level=logging.WARNING)
    folder = home or default_home(os.environ)
    raise typer.Exit(asyncio.run(rotation_command.rotate_key(folder, os.environ, only_check=check)))


@app.command()
def mcp(
    home: Home = None,
    url: Annotated[
        str,
        typer.Option(
            envvar="VOICELOOP_URL", help="Where VoiceLoop runs (its key: VOICELOOP_API_KEY), else this home's."
        ),
    ] = "",
) -> None:
    """Offer the calendar and the documents to another assistant over standard input and output (MCP)."""
    from ingest import mcp_command  # a second of imports that no other command needs

    configure(level=logging.WARNING)
    asyncio.run(mcp_command.serve(home or default_home(os.environ), url, os.environ))


@app.command()
def doctor(home: Home = None) -> None:
    """Show what is installed, which providers answer, and how fast the speech models are here."""
    raise typer.Exit(asyncio.run(doctor_module.examine(home or default_home(os.environ), os.environ)))


def _become(*arguments: str) -> NoReturn:
    os.execv(sys.executable, [sys.executable, *arguments])


if __name__ == "__main__":
    main()
