"""The secrets that `up` makes once and keeps in ``secrets.json`` (mode 600). Values in the environment win.

Never prints one. To add a secret: one row in ``_MAKERS``.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping

from ingest.laptop.home import Home, write_private
from store.errors import SettingsError

_MAKERS: dict[str, Callable[[], str]] = {
    "VOICELOOP_SECRET_KEY": lambda: secrets.token_urlsafe(32),
    "LIVEKIT_API_KEY": lambda: "API" + secrets.token_hex(8),
    "LIVEKIT_API_SECRET": lambda: secrets.token_urlsafe(48),  # livekit-server wants 32 characters or more
}


def load_or_make(home: Home, environment: Mapping[str, str]) -> dict[str, str]:
    """Every secret by its variable name. Raises SettingsError when the file is unreadable or lost beside its data."""
    kept = _read(home)
    missing = [name for name in _MAKERS if name not in kept]
    if "VOICELOOP_SECRET_KEY" in missing and not environment.get("VOICELOOP_SECRET_KEY") and _has_data(home):
        raise SettingsError(
            f"{home.secrets} is gone, but files in {home.path} were encrypted with the key it held. Put it back, or "
            "set VOICELOOP_SECRET_KEY to that key; to begin anew, choose another --home."
        )
    if missing:
        kept |= {name: _MAKERS[name]() for name in missing}
        write_private(home.secrets, json.dumps(kept, indent=1))
    return {name: environment.get(name) or kept[name] for name in _MAKERS}


def secret_key(home: Home, environment: Mapping[str, str]) -> str:
    """VOICELOOP_SECRET_KEY from the environment, else the one kept in the home; empty when there is none."""
    return environment.get("VOICELOOP_SECRET_KEY") or _read(home).get("VOICELOOP_SECRET_KEY", "")


def _read(home: Home) -> dict[str, str]:
    if not home.secrets.exists():
        return {}
    try:
        return dict(json.loads(home.secrets.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(
            f"{home.secrets} cannot be read. Restore it from a backup, or choose another --home."
        ) from error


def _has_data(home: Home) -> bool:
    return any(not path.name.startswith(".") for path in home.files.iterdir())  # the lock is no data
