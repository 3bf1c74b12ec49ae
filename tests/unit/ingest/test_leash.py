"""The job process ends with its sidecar from its first moment, long before its model is there."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[3]
_HELD = """
import time
from ingest.jobs.leash import Leash
Leash().hold()
print("held", flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("how", ["pipe closed", "SIGTERM"])
def test_a_process_in_the_middle_of_its_start_leaves_at_once(how: str) -> None:
    command = [sys.executable, "-c", _HELD]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        process.send_signal(signal.SIGINT)  # not for it
        if how == "SIGTERM":
            process.send_signal(signal.SIGTERM)
        else:
            process.stdin.close()
        assert process.wait(timeout=10) == 0


def test_nothing_slow_is_imported_before_the_leash_is_held() -> None:
    asked = "import sys, ingest.jobs.__main__; print({'asyncio', 'numpy', 'psycopg', 'pydantic'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], cwd=_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
