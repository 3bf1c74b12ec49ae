"""Who acts. Made only where somebody was authenticated (a key, a session, a signed dispatch), never from input."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from store.errors import NotAllowed

ALL_SCOPES = frozenset(
    {"calls", "conversations:read", "documents:read", "documents:write", "calendar:read", "calendar:write", "admin"}
)


_READ_ONLY = frozenset({"calls", "conversations:read", "documents:read", "calendar:read"})


def scopes_of_role(role: str) -> frozenset[str]:
    """What a person of this role may do at most; a viewer looks and talks, and changes nothing."""
    if role == "viewer":
        return _READ_ONLY
    return ALL_SCOPES if role in ("owner", "admin") else ALL_SCOPES - {"admin"}


@dataclass(frozen=True, slots=True)
class Identity:
    """A tenant and the person, key or agent acting in it; ``scopes`` say what it may do."""

    tenant_id: UUID
    user_id: UUID | None
    role: str
    scopes: frozenset[str] = field(default_factory=frozenset[str])
    name: str = ""

    def require(self, scope: str) -> None:
        """Raise NotAllowed unless ``scope`` is among the identity's scopes."""
        if scope not in self.scopes:
            raise NotAllowed(f"This needs the scope {scope!r}; use a key that has it.", code="missing_scope")


def agent_identity(tenant_id: UUID) -> Identity:
    """The assistant itself, acting in a call of this tenant: reads documents, reads and writes the calendar."""
    scopes = frozenset({"calls", "documents:read", "calendar:read", "calendar:write", "conversations:read"})
    return Identity(tenant_id=tenant_id, user_id=None, role="agent", scopes=scopes, name="assistant")
