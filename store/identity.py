"""Who acts. Made only where somebody was authenticated (a key, a session, a signed dispatch), never from input."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from store.errors import NotAllowed

ALL_SCOPES = frozenset(
    {
        "calls",
        "conversations:read",
        "conversations:write",
        "documents:read",
        "documents:write",
        "calendar:read",
        "calendar:write",
        "personas:write",
        "members:read",
        "members:write",
        "keys:read",
        "keys:write",
        "audit:read",
        "tenant:write",
        "tenants",  # every tenant of the installation: for owners of the tenant that operates it
    }
)


@dataclass(frozen=True, slots=True)
class Origin:
    """From where somebody acts, for the audit log; ``channel`` is http, call, cli or job."""

    channel: str = ""
    address: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """A tenant and the person, key or agent acting in it; ``scopes`` say what it may do."""

    tenant_id: UUID
    user_id: UUID | None
    role: str
    scopes: frozenset[str] = field(default_factory=frozenset[str])
    name: str = ""
    key_id: UUID | None = None
    session_id: UUID | None = None
    origin: Origin = Origin()

    def require(self, scope: str) -> None:
        """Raise NotAllowed unless ``scope`` is among the identity's scopes."""
        if scope not in self.scopes:
            raise NotAllowed(f"This needs the scope {scope!r}; use a key that has it.", code="missing_scope")


def agent_identity(tenant_id: UUID) -> Identity:
    """The assistant itself, acting in a call of this tenant: reads documents, reads and writes the calendar."""
    scopes = frozenset({"calls", "documents:read", "calendar:read", "calendar:write", "conversations:read"})
    return Identity(tenant_id=tenant_id, user_id=None, role="agent", scopes=scopes, name="assistant")
