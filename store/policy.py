"""The policy matrix: what each role may do at most, and who may give which role. Pure; the database knows who has it.

A key never does more than its user: its scopes count only as far as the user's role has them. To add a scope: a line in
ALL_SCOPES (``identity.py``), its sentence in SCOPE_DESCRIPTIONS, and the roles that have it in ``_SCOPES``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from store.errors import NotAllowed
from store.identity import ALL_SCOPES, Identity

ROLES: Final = ("owner", "admin", "editor", "agent", "viewer")  # each may do all that those after it may
SCOPE_DESCRIPTIONS: Final = {
    "calls": "Talk to the assistant.",
    "conversations:read": "Read what was said in calls and chats.",
    "conversations:write": "Change and delete conversations.",
    "documents:read": "Read documents and search the knowledge.",
    "documents:write": "Upload, confirm and delete documents.",
    "calendar:read": "Read the calendar.",
    "calendar:write": "Book, change and cancel in the calendar.",
    "personas:write": "Make and change personas.",
    "members:read": "See who the members are.",
    "members:write": "Invite, change and remove members.",
    "keys:read": "See which API keys there are.",
    "keys:write": "Make, change and revoke API keys.",
    "audit:read": "Read who changed what and when.",
    "tenant:write": "Change the tenant's name and time zone.",
    "tenants": "Make, limit and remove tenants of this installation.",
}
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


def require_held(identity: Identity, scopes: Iterable[str]) -> None:
    """Raise NotAllowed ``scope_not_held``, naming them, when the identity would give away scopes it does not hold."""
    missing = sorted(set(scopes) - identity.scopes)
    if missing:
        raise NotAllowed(f"You cannot give what you do not hold yourself: {', '.join(missing)}.", code="scope_not_held")
