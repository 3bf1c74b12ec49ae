"""Properties of the policy matrix, whatever roles, scopes and keys there are."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from store.errors import NotAllowed
from store.identity import ALL_SCOPES, Identity
from store.policy import ROLES, SCOPE_DESCRIPTIONS, require_held, require_may_manage, scopes_of_role

roles = some.sampled_from(ROLES)
scope_sets = some.frozensets(some.sampled_from(sorted(ALL_SCOPES)))
NOBODY = UUID(int=0)


def may_manage(actor: str, role: str) -> bool:
    try:
        require_may_manage(actor, role)
    except NotAllowed:
        return False
    return True


@given(roles, some.booleans(), scope_sets)
def test_a_key_never_does_more_than_its_role(role: str, operates: bool, scopes: frozenset[str]) -> None:
    identity = Identity(NOBODY, NOBODY, role, scopes & scopes_of_role(role, operates=operates))
    for scope in ALL_SCOPES:
        if scope in scopes and scope in scopes_of_role(role, operates=operates):
            identity.require(scope)
        else:
            with pytest.raises(NotAllowed) as error:
                identity.require(scope)
            assert error.value.code == "missing_scope"


@given(roles, some.booleans())
def test_a_role_holds_known_scopes_only(role: str, operates: bool) -> None:
    assert scopes_of_role(role, operates=operates) <= ALL_SCOPES


@given(some.text(), some.booleans())
def test_a_role_nobody_knows_may_do_nothing(role: str, operates: bool) -> None:
    if role not in ROLES:
        assert scopes_of_role(role, operates=operates) == frozenset()
        assert not may_manage(role, "viewer")


@given(some.booleans())
def test_a_viewer_writes_nothing(operates: bool) -> None:
    assert not [scope for scope in scopes_of_role("viewer", operates=operates) if scope.endswith(":write")]


@given(roles, some.booleans())
def test_only_owners_of_the_operating_tenant_manage_tenants(role: str, operates: bool) -> None:
    assert ("tenants" in scopes_of_role(role, operates=operates)) == (role == "owner" and operates)


@given(some.booleans())
def test_each_role_may_do_all_that_the_roles_after_it_may(operates: bool) -> None:
    for higher, lower in pairwise(ROLES):
        assert scopes_of_role(higher, operates=operates) >= scopes_of_role(lower, operates=operates)
    assert ROLES == ("owner", "admin", "editor", "agent", "viewer")


@given(roles, roles)
def test_nobody_manages_a_higher_role(actor: str, role: str) -> None:
    if may_manage(actor, role):
        assert ROLES.index(actor) <= ROLES.index(role)
        assert scopes_of_role(actor) >= scopes_of_role(role)


@given(roles, roles)
def test_nobody_raises_themselves(own: str, wanted: str) -> None:
    if may_manage(own, own) and may_manage(own, wanted):
        assert ROLES.index(wanted) >= ROLES.index(own)


@given(roles)
def test_who_manages_others_holds_the_scope_for_it_and_the_other_way_round(role: str) -> None:
    assert may_manage(role, "viewer") == ("members:write" in scopes_of_role(role))


@given(roles, roles)
def test_only_owners_manage_owners(actor: str, role: str) -> None:
    if role == "owner":
        assert may_manage(actor, role) == (actor == "owner")


@given(scope_sets, scope_sets)
def test_what_is_given_away_is_held(held: frozenset[str], given_away: frozenset[str]) -> None:
    identity = Identity(NOBODY, NOBODY, "owner", held)
    if given_away <= held:
        require_held(identity, given_away)
        return
    with pytest.raises(NotAllowed) as error:
        require_held(identity, given_away)
    assert error.value.code == "scope_not_held"
    for scope in given_away - held:
        assert scope in error.value.message


def test_each_scope_has_one_sentence() -> None:
    assert set(SCOPE_DESCRIPTIONS) == ALL_SCOPES
    for scope, sentence in SCOPE_DESCRIPTIONS.items():
        assert sentence[0].isupper(), scope
        assert sentence.endswith("."), scope
        assert sentence.count(".") == 1, scope
    assert len(set(SCOPE_DESCRIPTIONS.values())) == len(ALL_SCOPES)
