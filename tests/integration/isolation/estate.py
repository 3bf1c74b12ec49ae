"""What one tenant has, each text with a word that nobody else uses, and a fingerprint that shows any change.

A new table is in it as soon as it has its row in ``ROWS`` of the store's own isolation test.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import psycopg
from psycopg import sql

from ingest.keys import FILES
from store.database import Database
from tests.integration.ingest.conftest import Sidecar, Upload, make_pdf
from tests.integration.store.test_isolation import ROWS, Rows, tenant_column

CANARY = "ZEBRAFINCH"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
# Columns whose values the schema or the programs restrict; every other text gets the canary.
PLAIN = {
    "slug", "timezone", "role", "kind", "channel", "language", "status", "purpose", "content_type", "storage_key",
    "sha256", "hash", "stage", "voice", "page_kind", "status_before", "embedding_model", "hint", "rrule",
    "to_address", "action", "resource_type", "model", "word", "provider", "operation",
}  # fmt: skip
BY_ITSELF = ["last_used_at", "used_at", "last_sign_in_at"]  # its own people's doing, noted with a delay


class Estate:
    """Everything tenant A has: ``ids`` by table, ``slug`` of its persona."""

    def __init__(self, sidecar: Sidecar, database: Database, client: aiohttp.ClientSession, url: str) -> None:
        self.sidecar, self.client, self.owner = sidecar, client, sidecar.identity
        self._database, self._url = database, url
        self.ids: dict[str, UUID] = {}
        self.slug = ""

    async def furnish(self, upload: Upload) -> None:
        """A row in every table, a searchable document with its file, and the canary in every text."""
        text = f"{CANARY} handbook. Parking costs 12 euros a night at the {CANARY} gate.".encode()
        status, uploaded = await upload(text, f"{CANARY}.txt", "/api/knowledge/upload")
        assert status == 202, uploaded
        await self.sidecar.work_off()
        await upload(f"Another {CANARY}".encode(), f"{CANARY}-2.txt")  # stays in the queue
        await self.renew()
        self.ids["documents"] = UUID(uploaded.get("document_id") or uploaded["upload_id"])
        self.mark()

    async def renew(self) -> None:
        """One more row in every table; the ids are theirs from now on."""
        rows = Rows(self.owner)
        await rows.fill(self._database)
        self.ids = rows.ids | {"tenants": self.owner.tenant_id}
        self._execute(
            "UPDATE sessions SET user_id = %s, used_at = %s, expires_at = '2027-01-01' WHERE id = %s",
            self.owner.user_id, NOW, self.ids["sessions"],
        )  # fmt: skip
        self._execute(
            "UPDATE calendar_notices SET user_id = %s WHERE id = %s", self.owner.user_id, self.ids["calendar_notices"]
        )
        self._execute(
            "UPDATE events SET status = 'confirmed', attendees = %s WHERE id = %s", [CANARY], self.ids["events"]
        )
        self._execute(
            "UPDATE knowledge_queries SET answered = false, result_count = 0 WHERE id = %s",
            self.ids["knowledge_queries"],
        )
        await self._draw_pages()
        self.slug = f"their-persona-{rows.ids['personas'].hex[-8:]}"
        persona = {"name": f"{CANARY} desk", "slug": self.slug, "prompt": CANARY}
        async with self.client.post("/api/personas", json=persona) as response:
            assert response.status == 201, await response.text()
            self.ids["personas"] = UUID((await response.json())["id"])

    async def _draw_pages(self) -> None:
        """The new document and the attached file get a file whose first page can be read and looked at."""
        files, content = self.sidecar.app[FILES], make_pdf(f"{CANARY} handbook")

        async def pieces() -> AsyncIterator[bytes]:
            yield content

        for table in ("documents", "attachments"):
            await files.write(self.owner.tenant_id, self.ids[table], pieces())
            statement = sql.SQL(
                "UPDATE {} SET storage_key = %s, content_type = 'application/pdf', size_bytes = %s, "
                "page_kind = 'page', page_count = 1 WHERE id = %s"
            ).format(sql.Identifier(table))
            key = files.key(self.owner.tenant_id, self.ids[table])
            self._execute(statement, key, len(content), self.ids[table])
        self._execute("UPDATE pages SET number = 1 WHERE document_id = %s", self.ids["documents"])

    def mark(self) -> None:
        """Put the canary before every text of the tenant that may be any text."""
        for table in ROWS:
            columns = self._rows(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s "
                "AND data_type = 'text' AND is_generated = 'NEVER' AND column_name <> ALL (%s)",
                table, list(PLAIN),
            )  # fmt: skip
            for (column,) in columns:
                statement = sql.SQL("UPDATE {} SET {} = %s || {} WHERE {} = %s").format(
                    *map(sql.Identifier, (table, column, column, tenant_column(table)))
                )
                self._execute(statement, CANARY, self.owner.tenant_id)

    def fingerprint(self) -> dict[str, Any]:
        """Changes when any row or stored file of the tenant does."""
        prints: dict[str, Any] = {}
        for table in ROWS:
            statement = sql.SQL(
                "SELECT count(*), md5(string_agg((to_jsonb(t) - %s::text[])::text, ',' ORDER BY to_jsonb(t)::text)) "
                "FROM {} t WHERE {} = %s"
            ).format(sql.Identifier(table), sql.Identifier(tenant_column(table)))
            prints[table] = self._rows(statement, BY_ITSELF, self.owner.tenant_id)[0]
        prints["files"] = sorted((path.name, path.stat().st_size) for path in self.files())
        return prints

    def files(self) -> list[Path]:
        return [path for path in self.sidecar.app_files() if str(self.owner.tenant_id) in str(path)]

    def secrets(self, text: str) -> list[str]:
        """What of this tenant is in the text: the canary, or an id."""
        return [word for word in (CANARY, *map(str, self.ids.values())) if word in text]

    def _execute(self, statement: Any, *values: object) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement, values)

    def _rows(self, statement: Any, *values: object) -> list[Any]:
        with psycopg.connect(self._url, autocommit=True) as connection:
            return connection.execute(statement, values).fetchall()
