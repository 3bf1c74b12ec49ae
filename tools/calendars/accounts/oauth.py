"""What the OAuth providers' modules share: how long they wait, how tests lead them elsewhere, unticked boxes.

The protocol they keep, and which of them this installation has: ``gates.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import requests  # the sidecar starts without it where no provider is set up

TIMEOUT_S: Final = 10.0
Prepare = Callable[["requests.Session"], None]  # how a session reaches the provider; tests lead it elsewhere


def scopes_missing(wanted: tuple[str, ...], granted: tuple[str, ...]) -> bool:
    """Whether a person left out something that was asked for; a scope is known by its last part."""
    have = {scope.rpartition("/")[2].lower() for scope in granted}
    return any(scope.rpartition("/")[2].lower() not in have for scope in wanted)
