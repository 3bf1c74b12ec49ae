"""Which columns are sealed: the list that a change of keys walks. No SQL is run here.

To seal a column: name it ``sealed_…`` (bytea), one row in COLUMNS (a test finds a column without), then seal and open
with that row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from store.seal import Keyring


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """``sealed_<field>`` of a tenant's table whose rows have a uuid in ``id_column``."""

    table: str
    id_column: str
    field: str

    @property
    def column(self) -> str:
        return f"sealed_{self.field}"

    def seal(self, keyring: Keyring, tenant_id: UUID, row_id: UUID, plain: bytes) -> bytes:
        """``plain`` sealed for this column of this row."""
        return keyring.seal_field(plain, tenant_id=tenant_id, table=self.table, row_id=row_id, field=self.field)

    def open(self, keyring: Keyring, tenant_id: UUID, row_id: UUID, sealed: bytes) -> bytes:
        """Raises SealBroken for what was not sealed for this column of this row."""
        return keyring.open_field(sealed, tenant_id=tenant_id, table=self.table, row_id=row_id, field=self.field)


MAIL_BODY: Final = SealedColumn("mails", "id", "body")
CALENDAR_CREDENTIALS: Final = SealedColumn("calendar_accounts", "id", "credentials")
CALENDAR_FLOW: Final = SealedColumn("calendar_authorizations", "id", "flow")
MCP_HEADERS: Final = SealedColumn("mcp_servers", "id", "headers")
COLUMNS: Final = (MAIL_BODY, CALENDAR_CREDENTIALS, CALENDAR_FLOW, MCP_HEADERS)
