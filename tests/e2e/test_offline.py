"""The offline proof: a spoken conversation with a booking, in a network namespace that has no route to anywhere."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.e2e.stack import REPOSITORY

# WebRTC gathers no addresses on loopback alone, so there is an interface too: one with an address and no way out.
ISLAND = """
ip link set lo up
ip link add island0 type veth peer name island1
ip address add 10.99.99.1/32 dev island0
ip link set island0 up
ip link set island1 up
test -z "$(ip route show default)$(ip -6 route show default)"
"""


def offline_command(folder: Path) -> tuple[list[str], dict[str, str]]:
    """How to run the call without a network: as root in a namespace, else with far sockets refused in every Python."""
    program = [sys.executable, "-m", "tests.e2e.offline_call", str(folder)]
    if os.geteuid() == 0:
        return ["unshare", "-n", "sh", "-ec", f"{ISLAND}\nexec {shlex.join(program)}"], {}
    return program, {"PYTHONPATH": str(Path(__file__).with_name("loopback_only"))}


def test_a_call_needs_no_network_at_all() -> None:
    with tempfile.TemporaryDirectory(prefix="vl-off-", ignore_cleanup_errors=True) as scratch:
        Path(scratch).chmod(0o755)  # the database's own user passes through
        command, more = offline_command(Path(scratch))
        done = subprocess.run(
            command,
            cwd=REPOSITORY,
            env={**os.environ, **more},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    assert "held offline" in done.stdout
