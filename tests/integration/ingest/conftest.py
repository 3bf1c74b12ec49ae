"""A real sidecar in the test's own loop, on a free port, over the test's own database; LiveKit is not needed here."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import docx
import pytest
from aiohttp import web
from fpdf import FPDF

from ingest.app import create_app
from ingest.attachments.reading import READ, AttachmentReader
from ingest.documents.analysis.analyst import Analyst
from ingest.documents.indexing import Indexer
from ingest.documents.pulse import Work
from ingest.documents.reading import Reader
from ingest.documents.stages import Stages
from ingest.keys import DATABASE, FILES, SETTINGS
from ingest.settings import Settings
from store import access
from store.database import Database
from store.identity import Identity
from store.ids import new_id
from tests.fakes.embedder import LetterEmbedder
from tools.knowledge.embedding import Vectors

SECRET = "k" * 64


@dataclass
class Sidecar:
    """``url`` of the running server; ``key`` is an API key of the tenant demo, ``other_key`` of another tenant."""

    app: web.Application
    url: str
    key: str
    other_key: str
    identity: Identity
    embedded: list[str] = field(default_factory=list[str])  # the texts that were, since it was last cleared

    def client(self, key: str | None = None) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(self.url, headers={"Authorization": f"Bearer {key or self.key}"})

    async def work_off(self) -> int:
        """Do what is queued, as the job process would; returns how many jobs there were."""
        stages, count = make_stages(self.app, self.embedded), 0
        while (job := await self._next()) is not None:
            arguments = job["args"]
            identity = Identity(self.identity.tenant_id, self.identity.user_id, "worker")
            count += 1
            if job["task_name"] == READ:
                await make_attachment_reader(self.app).run(identity, UUID(arguments["attachment_id"]))
                continue
            work = Work(identity, UUID(arguments["job_id"]), UUID(arguments["document_id"]))
            await stages.run(job["task_name"], work)
        return count

    def app_files(self) -> list[Path]:
        """Every stored file on disk, half-written ones too."""
        return [path for path in Path(self.app[SETTINGS].files).glob("*/*") if path.is_file()]

    async def insert(self, table: str) -> str:
        """A conversation, document, persona, calendar or calendar account of the tenant demo; returns its id."""
        row_id = new_id()
        statements = {
            "calendars": "INSERT INTO calendars (id, tenant_id, name, timezone) VALUES (%s, %s, 'Office', 'UTC')",
            "calendar_accounts": "INSERT INTO calendar_accounts (id, tenant_id, user_id, provider, address, "
            "sealed_credentials, created_at) VALUES (%s, %s, (SELECT id FROM users LIMIT 1), 'google', 'a@x.org', "
            "'x', now())",
            "conversations": "INSERT INTO conversations (id, tenant_id, channel, started_at, heard_at) "
            "VALUES (%s, %s, 'web', now(), now())",
            "documents": "INSERT INTO documents (id, tenant_id, title, filename, content_type, size_bytes, sha256, "
            "storage_key, status, created_at) "
            "VALUES (%s, %s, 'Rules', 'rules.txt', 'text/plain', 1, 'x', '', 'ready', now())",
            "personas": "INSERT INTO personas (id, tenant_id, slug, name, prompt, greeting, is_default) "
            "VALUES (%s, %s, 'assistant', 'Assistant', 'p', 'Hello.', true)",
        }
        async with self.app[DATABASE].transaction(self.identity) as connection:
            await connection.execute(statements[table], (row_id, self.identity.tenant_id))
        return str(row_id)

    async def insert_message(self, text: str = "Good morning.", citations: str = "[]") -> str:
        """What the assistant said in a conversation of its own; ``citations`` is JSON. Returns its id."""
        message_id, conversation_id = new_id(), await self.insert("conversations")
        async with self.app[DATABASE].transaction(self.identity) as connection:
            await connection.execute(
                "INSERT INTO messages (id, tenant_id, conversation_id, role, text, citations, created_at) "
                "VALUES (%s, %s, %s, 'assistant', %s, %s::jsonb, now())",
                (message_id, self.identity.tenant_id, conversation_id, text, citations),
            )
        return str(message_id)

    async def _next(self) -> dict[str, Any] | None:
        async with self.app[DATABASE].system() as connection:
            return await (
                await connection.execute(
                    "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = "
                    "(SELECT id FROM procrastinate_jobs WHERE status = 'todo' AND "
                    "queue_name IN ('documents', 'long_documents', 'long_attachments') "
                    "ORDER BY priority DESC, id LIMIT 1) "
                    "RETURNING task_name, args"
                )
            ).fetchone()


def make_attachment_reader(app: web.Application) -> AttachmentReader:
    return AttachmentReader(app[DATABASE], app[FILES], Reader(), LetterEmbedder())


class _Noting(LetterEmbedder):
    def __init__(self, texts: list[str]) -> None:
        super().__init__()
        self._texts = texts

    def embed(self, texts: Sequence[str]) -> Vectors:
        self._texts += texts
        return super().embed(texts)


def make_stages(app: web.Application, embedded: list[str] | None = None) -> Stages:
    """The stages as the job process has them, with a small model; ``embedded`` gets the texts it is asked for."""
    database, embedder = app[DATABASE], _Noting([] if embedded is None else embedded)
    analyst = Analyst(database, embedder.embed, embedder.name)
    return Stages(database, app[FILES], Reader(), analyst, Indexer(database, embedder))


@pytest.fixture
def settings(fresh_database_url: str, tmp_path: Path) -> Settings:
    return make_settings(fresh_database_url, tmp_path)


def make_settings(database_url: str, tmp_path: Path) -> Settings:
    """For a sidecar that keeps everything below ``tmp_path``."""
    web_folder = tmp_path / "dist"
    (web_folder / "assets").mkdir(parents=True)
    (web_folder / "index.html").write_text("<!doctype html><title>page</title>")
    (web_folder / "assets" / "main-1.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("outside")
    return Settings.model_validate(
        {
            "database_url": database_url,
            "livekit_url": "ws://127.0.0.1:9",
            "livekit_api_key": "devkey",
            "livekit_api_secret": "s" * 36,
            "secret_key": SECRET,
            "files": tmp_path / "files",
            "web": web_folder,
            "local_sign_in": True,
            "upload_limit": 300_000,
            "job_processes": 0,
            "now": "2026-11-21T09:00:00Z",
        }
    )


@pytest.fixture
async def sidecar(
    settings: Settings, database: Database, identity: Identity, other_identity: Identity
) -> AsyncIterator[Sidecar]:
    runner = web.AppRunner(create_app(settings), access_log=None, shutdown_timeout=0.5, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        key, other_key = await make_key(database, identity), await make_key(database, other_identity)
        yield Sidecar(runner.app, f"http://{host}:{port}", key, other_key, identity)
    finally:
        await runner.cleanup()


async def make_key(database: Database, identity: Identity, scopes: frozenset[str] | None = None) -> str:
    key = access.new_secret("vl_")
    async with database.transaction(identity) as connection:
        await connection.execute(
            "INSERT INTO api_keys (id, tenant_id, user_id, name, key_hash, scopes) VALUES (%s, %s, %s, 'test', %s, %s)",
            (
                new_id(),
                identity.tenant_id,
                identity.user_id,
                access.hash_of_secret(key),
                sorted(identity.scopes if scopes is None else scopes),
            ),
        )
    return key


@pytest.fixture
async def client(sidecar: Sidecar) -> AsyncIterator[aiohttp.ClientSession]:
    async with sidecar.client() as session:
        yield session


@pytest.fixture
async def stranger(sidecar: Sidecar) -> AsyncIterator[aiohttp.ClientSession]:
    """Somebody of another tenant."""
    async with sidecar.client(sidecar.other_key) as session:
        yield session


Upload = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
def upload(client: aiohttp.ClientSession) -> Upload:
    async def send(content: bytes, filename: str, path: str = "/api/files/upload") -> tuple[int, dict[str, Any]]:
        form = aiohttp.FormData()
        form.add_field("file", content, filename=filename, content_type="application/octet-stream")
        async with client.post(path, data=form) as response:
            return response.status, await response.json()

    return send


def make_pdf(*pages: str, password: str = "", title: str = "") -> bytes:
    """A page a text; a first line ending in `#` is set large."""
    pdf = FPDF()
    pdf.set_title(title)
    if password:
        pdf.set_encryption(owner_password="owner", user_password=password)
    for text in pages:
        pdf.add_page()
        for line in text.split("\n"):
            pdf.set_font("helvetica", size=20 if line.endswith("#") else 11)
            pdf.multi_cell(0, 8, line.rstrip("#"), new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def make_docx(*blocks: str) -> bytes:
    """`# ` makes a heading, `a|b` a table row, anything else a paragraph."""
    document = docx.Document()
    for block in blocks:
        if block.startswith("# "):
            document.add_heading(block[2:], level=1)
        elif "|" in block:
            cells = block.split("|")
            table = document.add_table(rows=1, cols=len(cells))
            for number, cell in enumerate(cells):
                table.rows[0].cells[number].text = cell
        else:
            document.add_paragraph(block)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
