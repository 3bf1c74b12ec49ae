"""The policy matrix: what each role may do at most, and who may give which role. Pure; the database knows who has it.

A key never does more than its user: its scopes count only as far as the user's role has them.
"""

from __future__ import annotations

from typing import Final

from store.errors import NotAllowed
from store.identity import ALL_SCOPES

ROLES: Final = ("owner", "admin", "editor", "viewer", "agent")
_READ = frozenset({"calls", "conversations:read", "documents:read", "calendar:read"})
_STAFF = _READ | {"conversations:write", "calendar:write"}
_OPERATOR = frozenset({"tenants"})
_SCOPES: Final = {
    "owner": ALL_SCOPES - _OPERATOR,
    "admin": ALL_SCOPES - _OPERATOR,
    "editor": _STAFF | {"documents:write", "personas:write", "members:read"},
    "agent": _STAFF,  # a person at the desk who takes over calls
    "viewer": _READ,
}


def scopes_of_role(role: str, *, operates: bool = False) -> frozenset[str]:
    """What a person of this role may do at most; ``operates``: their tenant manages the installation.

    A role nobody knows may do nothing.
    """
    scopes = _SCOPES.get(role, frozenset[str]())
    return scopes | _OPERATOR if operates and role == "owner" else scopes


def require_may_manage(actor_role: str, role: str) -> None:
    """Raise NotAllowed unless somebody of ``actor_role`` may make, change or remove people of ``role``.

    Owners manage everybody; admins everybody but owners.
    """
    if actor_role == "owner" or (actor_role == "admin" and role != "owner"):
        return
    raise NotAllowed(f"Only an owner may do this for the role {role!r}; ask one.", code="role_too_high")
