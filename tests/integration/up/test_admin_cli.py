"""`voiceloop tenant`, `user` and `key` on a real database: what they print, change and refuse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from ingest.cli import app
from ingest.laptop.home import Home, locked
from ingest.laptop.secrets import load_or_make
from store.access import hash_of_secret, identity_of_key
from store.clock import SystemClock
from store.database import Database
from store.errors import VoiceLoopError
from store.identity import ALL_SCOPES
from store.ids import new_id
from store.passwords import hash_of_user, verify
from store.policy import SCOPE_DESCRIPTIONS
from tests.integration.up.installation import Installation

OWNER = "owner@demo.localhost"
SECRET = "correct horse battery"
KEY = "0123456789abcdef" * 4


def test_people_are_shown_in_a_table_and_as_json(installation: Installation) -> None:
    table = installation.text("user", "list")
    assert OWNER in table
    assert "last sign in at" in table
    [owner] = installation.answer("user", "list")["items"]
    assert (owner["email"], owner["role"], owner["deleted_at"]) == (OWNER, "owner", None)
    assert installation.answer("user", "list", "--deleted") == {"items": []}


def test_somebody_is_invited_and_invited_again(installation: Installation) -> None:
    ada = installation.answer("user", "invite", "ada@demo.test", "--role", "editor", "--name", "Ada")
    assert (ada["email"], ada["name"], ada["role"], ada["status"]) == ("ada@demo.test", "Ada", "editor", "invited")
    address, _, token = ada["invitation_url"].partition("#")
    assert address == "http://127.0.0.1:8080/welcome"
    again = installation.text("user", "invite", "ADA@demo.test", VOICELOOP_PUBLIC_URL="https://voice.example.com/")
    assert "No mail was sent" in again
    assert "https://voice.example.com/welcome#" in again
    links = installation.rows("SELECT token_hash, used_at FROM account_links ORDER BY created_at")
    assert [link["token_hash"] == hash_of_secret(token) for link in links] == [True, False]
    assert [link["used_at"] is None for link in links] == [False, True]
    assert installation.rows("SELECT 1 FROM mails") == []


def test_with_the_secret_key_a_mail_goes_out_too(installation: Installation) -> None:
    said = installation.text("user", "invite", "ada@demo.test", VOICELOOP_SECRET_KEY=KEY)
    assert "A mail is on its way" in said
    assert installation.rows("SELECT to_address FROM mails") == [{"to_address": "ada@demo.test"}]
    [job] = installation.rows("SELECT task_name FROM procrastinate_jobs")
    assert job == {"task_name": "send_mail"}


def test_a_role_is_changed_but_the_last_owner_stays(installation: Installation) -> None:
    installation.text("user", "invite", "ada@demo.test")
    assert installation.text("user", "role", "ada@demo.test", "admin") == "ada@demo.test has the role admin.\n"
    for arguments in (("role", OWNER, "admin"), ("delete", OWNER), ("purge", OWNER, "--yes")):
        assert "the last owner" in installation.refusal("user", *arguments)
    assert "A role is one of" in installation.refusal("user", "role", "ada@demo.test", "god")
    assert "nobody with the address" in installation.refusal("user", "role", "eve@demo.test", "admin")


def test_the_first_owner_gets_a_password_from_standard_input(installation: Installation) -> None:
    sessions = "INSERT INTO sessions (id, tenant_id, user_id, kind, created_at, used_at, expires_at) "
    at = SystemClock().now()
    installation.rows(
        sessions + "VALUES (%s, %s, %s, 'program', %s, %s, %s) RETURNING id",
        *(new_id(), installation.owner.tenant_id, installation.owner.user_id, at, at, at + timedelta(days=1)),
    )
    said = installation.text("user", "password", OWNER, stdin=f"{SECRET}\n")
    assert said == f"{OWNER} signs in with the new password.\n"

    async def is_right(database: Database) -> bool:
        async with database.transaction(installation.owner) as connection:
            assert installation.owner.user_id is not None
            kept = await hash_of_user(connection, installation.owner.user_id)
        return await verify(kept, SECRET)

    assert installation.ask(is_right)
    assert installation.rows("SELECT end_reason FROM sessions") == [{"end_reason": "password_changed"}]
    assert installation.answer("user", "list")["items"][0]["status"] == "active"
    for bad in ("short\n", "\n", ""):
        assert "password" in installation.refusal("user", "password", OWNER, stdin=bad)


def test_signing_out_ends_the_sessions(installation: Installation) -> None:
    at = SystemClock().now()
    for _ in range(2):
        installation.rows(
            "INSERT INTO sessions (id, tenant_id, user_id, kind, created_at, used_at, expires_at) "
            "VALUES (%s, %s, %s, 'program', %s, %s, %s) RETURNING id",
            *(new_id(), installation.owner.tenant_id, installation.owner.user_id, at, at, at + timedelta(days=1)),
        )
    assert installation.text("user", "sign-out", OWNER) == f"2 sessions of {OWNER} ended.\n"
    assert installation.answer("user", "sign-out", OWNER)["ended_sessions"] == 0


def test_somebody_is_deleted_restored_and_removed_for_good(installation: Installation) -> None:
    ada = installation.answer("user", "invite", "ada@demo.test")
    assert "is deleted" in installation.text("user", "delete", "ada@demo.test")
    assert [one["id"] for one in installation.answer("user", "list", "--deleted")["items"]] == [ada["id"]]
    installation.text("user", "invite", "ada@demo.test")
    assert "already" in installation.refusal("user", "restore", "ada@demo.test")
    assert "Several people" in installation.refusal("user", "purge", "ada@demo.test", "--yes")
    assert "Nothing was done" in installation.refusal("user", "purge", ada["id"], stdin="n\n")
    assert "removed for good" in installation.text("user", "purge", ada["id"], stdin="y\n")
    installation.text("user", "delete", "ada@demo.test")
    assert installation.answer("user", "restore", "ada@demo.test")["status"] == "invited"


def test_what_the_command_does_is_in_the_audit_log(installation: Installation) -> None:
    installation.text("user", "invite", "ada@demo.test")
    [entry] = installation.rows(
        "SELECT * FROM audit_entries WHERE actor_name = 'voiceloop command' AND after ? 'email'"
    )
    assert (entry["action"], entry["channel"], entry["actor_user_id"]) == ("user.created", "cli", None)
    assert entry["request_id"]


def test_a_key_is_made_listed_revoked_and_restored(installation: Installation) -> None:
    made = installation.answer(
        "key", "create", "ci", "--scope", "calls", "--scope", "documents:read", "--expires", "90"
    )
    assert made["scopes"] == ["calls", "documents:read"]

    async def scopes(database: Database) -> Any:
        known = await identity_of_key(database, made["key"], SystemClock().now())
        return known and known.identity.scopes

    assert installation.ask(scopes) == {"calls", "documents:read"}
    table = installation.text("key", "list")
    assert made["hint"] in table
    assert made["key"] not in table
    assert "is revoked" in installation.text("key", "revoke", made["hint"])
    assert installation.ask(scopes) is None
    assert made["hint"] in installation.text("key", "list", "--revoked")
    assert installation.answer("key", "restore", made["id"])["revoked_at"] is None
    assert installation.ask(scopes) is not None
    assert installation.text("key", "create", "all", "--all-scopes").splitlines()[1].startswith("vl_")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("create", "k"), "at least one scope"),
        (("create", "k", "--scope", "everything"), "no scope 'everything'"),
        (("create", "k", "--scope", "calls", "--expires", "soon"), "neither a number of days"),
        (("create", "k", "--scope", "calls", "--expires", "99999999999999"), "neither a number of days"),
        (("create", "k", "--scope", "calls", "--expires", "2020-01-01T00:00:00Z"), "in the future"),
        (("create", "k", "--scope", "calls", "--expires", "2030-01-01T00:00:00"), "needs an offset"),
        (("create", "k", "--scope", "calls", "--user", "eve@demo.test"), "nobody with the address"),
        (("revoke", "vl_12345"), "no such API key"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else "",
)
def test_a_key_that_makes_no_sense_is_refused(
    installation: Installation, arguments: tuple[str, ...], says: str
) -> None:
    assert says in installation.refusal("key", *arguments)


def test_a_key_for_a_viewer_may_do_what_a_viewer_may(installation: Installation) -> None:
    installation.text("user", "invite", "ada@demo.test")
    says = installation.refusal("key", "create", "k", "--user", "ada@demo.test", "--scope", "documents:write")
    assert "'viewer' has no documents:write" in says
    made = installation.answer("key", "create", "k", "--user", "ada@demo.test", "--all-scopes")
    assert made["scopes"] == ["calendar:read", "calls", "conversations:read", "documents:read"]


def test_the_scopes_are_explained_without_a_database(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["key", "scopes", "--json"], env={"DATABASE_URL": "", "VOICELOOP_HOME": ""})
    assert {one["scope"]: one["description"] for one in json.loads(result.stdout)["items"]} == SCOPE_DESCRIPTIONS
    assert set(SCOPE_DESCRIPTIONS) == ALL_SCOPES


def test_a_tenant_is_made_limited_deleted_and_restored(installation: Installation) -> None:
    acme = installation.answer(
        "tenant", "create", "acme", "--owner-email", "boss@acme.test", "--timezone", "Asia/Tokyo"
    )
    assert (acme["slug"], acme["name"], acme["timezone"], acme["operates"]) == ("acme", "Acme", "Asia/Tokyo", False)
    assert "/welcome#" in acme["invitation_url"]
    assert [one["email"] for one in installation.answer("user", "list", "--tenant", "acme")["items"]] == [
        "boss@acme.test"
    ]
    listed = {one["slug"]: one["usage"]["users"] for one in installation.answer("tenant", "list")["items"]}
    assert listed == {"acme": 1, "demo": 1}
    limits = installation.answer("tenant", "limits", "acme", "--storage", "2G", "--minutes", "none", "--calls", "3")
    assert limits == {
        "slug": "acme",
        "storage_limit_bytes": 2 * 1024**3,
        "minutes_limit": None,
        "calls_limit": 3,
        "requests_limit": 6000,
    }
    assert "2 GB" in installation.text("tenant", "list")
    assert "is deleted" in installation.text("tenant", "delete", "acme")
    assert "is deleted" in installation.refusal("user", "list", "--tenant", "acme")
    assert [one["slug"] for one in installation.answer("tenant", "list", "--deleted")["items"]] == ["acme"]
    assert installation.text("tenant", "restore", "acme") == "acme is back.\n"
    assert installation.answer("tenant", "show", "acme")["usage"]["users"] == 1
    purged = installation.answer("tenant", "purge", "acme", "--yes")
    assert purged["purging_at"] is not None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "nope"), "no tenant 'nope'"),
        (("create", "demo", "--owner-email", "a@b.test"), "already"),
        (("create", "new", "--owner-email", "nobody"), "no e-mail address"),
        (("create", "new", "--owner-email", "a@b.test", "--timezone", "Mars/Base"), "no IANA zone"),
        (("limits", "demo", "--calls", "many"), "no limit"),
        (("limits", "demo", "--calls", "10G"), "no limit"),
        (("limits", "demo", "--requests", "0"), "from 1 to"),
        (("delete", "demo"), "operates the installation"),
        (("purge", "demo", "--yes"), "operates the installation"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else "",
)
def test_a_tenant_command_that_makes_no_sense_is_refused(
    installation: Installation, arguments: tuple[str, ...], says: str
) -> None:
    assert says in installation.refusal("tenant", *arguments)
    assert installation.rows("SELECT deleted_at FROM tenants") == [{"deleted_at": None}]


def test_a_tenant_that_does_not_operate_manages_no_other(installation: Installation) -> None:
    installation.text("tenant", "create", "acme", "--owner-email", "boss@acme.test")
    says = installation.refusal("tenant", "delete", "demo", "--tenant", "acme")
    assert "acme does not operate the others" in says
    assert [one["slug"] for one in installation.answer("tenant", "list", "--tenant", "acme")["items"]] == ["acme"]
    own = ("tenant", "limits", "acme", "--calls", "none", "--tenant", "acme")
    assert "no such tenant" in installation.refusal(*own)  # nobody raises their own limits


def test_an_error_is_one_sentence_and_exit_code_1(installation: Installation) -> None:
    command = [sys.executable, "-m", "ingest.cli", "user", "delete", OWNER]
    environment = {**os.environ, "DATABASE_URL": installation.url, "VOICELOOP_HOME": str(installation.home)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: This is the last owner. Make somebody else an owner first.\n"


@pytest.mark.parametrize("odd", [["Bad Slug"], ["acme", "--name", "two\nlines"], ["acme", "--timezone", "Moon/Base"]])
def test_a_tenant_of_an_odd_name_is_refused_in_a_sentence(installation: Installation, odd: list[str]) -> None:
    result = CliRunner().invoke(
        app, ["tenant", "create", *odd, "--owner-email", "boss@acme.test"], env={"DATABASE_URL": installation.url}
    )
    assert isinstance(result.exception, VoiceLoopError), repr(result.exception)
    assert {row["slug"] for row in installation.answer("tenant", "list")["items"]} == {"demo"}


def test_beside_a_running_up_its_database_and_address_are_taken(installation: Installation) -> None:
    home = Home.at(installation.home)
    with locked(home):
        home.write_state(url="http://127.0.0.1:9999", database_url=installation.url)
        load_or_make(home, {})  # as `up` did, so mails can be sealed
        said = installation.text("user", "invite", "ada@demo.test", DATABASE_URL="")
    assert "A mail is on its way" in said
    assert "http://127.0.0.1:9999/welcome#" in said


def test_a_home_without_a_database_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    result = CliRunner().invoke(app, ["user", "list", "--home", str(tmp_path / "home")])
    assert isinstance(result.exception, VoiceLoopError)
    assert "There is no VoiceLoop in" in result.exception.message
    assert not (tmp_path / "home").exists()


def test_a_database_of_another_version_is_named(installation: Installation) -> None:
    with psycopg.connect(installation.url) as connection:
        connection.execute("ALTER TABLE users DROP COLUMN last_sign_in_at")
    assert "Run `voiceloop migrate` first" in installation.refusal("user", "list")
