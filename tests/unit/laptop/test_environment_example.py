"""``.env.example`` names exactly the variables that the programs read."""

import re
from pathlib import Path

from ingest.settings import Settings

ROOT = Path(__file__).parents[3]
WORKER_SETTINGS = ("agent/settings.py", "agent/pipeline/settings.py")
ONLY_ON_A_LAPTOP = {"VOICELOOP_HOME"}
_NAME = re.compile(r'"([A-Z][A-Z0-9]*_[A-Z0-9_]+)"')


def documented() -> set[str]:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    names = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert len(names) == len(set(names))
    return set(names)


def read_by_the_sidecar() -> set[str]:
    aliases = [field.validation_alias for field in Settings.model_fields.values()]
    return {str(choice) for alias in aliases for choice in getattr(alias, "choices", [alias])}


def read_by_the_worker() -> set[str]:
    return {name for path in WORKER_SETTINGS for name in _NAME.findall((ROOT / path).read_text("utf-8"))}


def test_the_example_names_exactly_what_is_read() -> None:
    assert documented() == read_by_the_sidecar() | read_by_the_worker() | ONLY_ON_A_LAPTOP
