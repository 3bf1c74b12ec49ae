"""What holds the secrets lets no other process of its user look into it; what it starts is as any process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[3]
_LOOK = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"  # PR_GET_DUMPABLE
_KEPT = f"""
import ctypes, subprocess, sys
from ingest.memory_privacy import keep_memory_private
keep_memory_private()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), subprocess.check_output([sys.executable, "-c", {_LOOK!r}], text=True))
"""


def test_only_the_process_that_asked_is_closed_to_others() -> None:
    done = subprocess.run([sys.executable, "-c", _KEPT], capture_output=True, text=True, cwd=_ROOT, check=True)
    assert done.stdout.split() == ["0", "1"]
