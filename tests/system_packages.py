"""The Debian packages that only the tests need: installed at the start of a run when root, named exactly when not."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

# command on PATH -> Debian package
NEEDED = {
    "chromium": "chromium",
    "clamd": "clamav-daemon",
    "espeak-ng": "espeak-ng",
    "file": "file",  # brings libmagic
    "sox": "sox",
    "tesseract": "tesseract-ocr",
    "ip": "iproute2",
    "unshare": "util-linux",
}


def ensure_system_packages() -> None:
    """Return when everything is there; end the run with the exact command when it is not and cannot be installed."""
    missing = sorted({package for command, package in NEEDED.items() if shutil.which(command) is None})
    if not missing:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        pytest.exit(f"The tests need these Debian packages. Run:\n    sudo {' '.join(command)}", returncode=4)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-q"], env=environment, check=False)
    if subprocess.run(command, env=environment, check=False).returncode:
        pytest.exit(
            f"Installing the tests' Debian packages failed. Try by hand:\n    {' '.join(command)}", returncode=4
        )
