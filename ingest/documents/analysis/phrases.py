"""The phrases of ``phrases.toml``, compiled once. Words only; ``instructions`` adds them up."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Any, Final

_FILE: Final[dict[str, Any]] = tomllib.loads(
    (resources.files("ingest.documents.analysis") / "phrases.toml").read_text(encoding="utf-8")
)

# (kind, worth, pattern)
PHRASES: Final = tuple(
    (str(row["kind"]), float(row["worth"]), re.compile(row["pattern"], re.IGNORECASE)) for row in _FILE["phrase"]
)
HINT: Final = re.compile(_FILE["hint"], re.IGNORECASE)
