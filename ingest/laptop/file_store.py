"""Where the sidecar of this home or environment keeps its files, for commands that touch them beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ingest.laptop.home import Home
from store.errors import SettingsError
from store.files import Files, is_object_storage, location_of, open_files
from store.seal import Keyring

_DEFAULT: Final = "voiceloop-files"


def open_file_store(home: Home, environment: Mapping[str, str], keyring: Keyring) -> Files:
    """VOICELOOP_FILES, else the home's. Raises SettingsError when there is no such place."""
    default = _DEFAULT if environment.get("DATABASE_URL") and not home.files.is_dir() else str(home.files)
    try:
        location = location_of(environment.get("VOICELOOP_FILES") or default)
    except ValueError as error:
        raise SettingsError(f"VOICELOOP_FILES {error}.") from error
    if not is_object_storage(location) and not Path(location).is_dir():
        text = f"There is no directory {location}. Set VOICELOOP_FILES to the one the sidecar uses."
        raise SettingsError(text)
    return open_files(location, keyring, endpoint=environment.get("S3_ENDPOINT_URL", ""))
