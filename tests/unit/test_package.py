"""What a wheel takes along: all that lies beside the code. Hatchling leaves out what git ignores, and says nothing."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("agent", "tools", "ingest", "store")


def data_files() -> list[str]:
    """Everything the programs read from beside their code, as paths below the root."""
    inside = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*"))]
    files = [path for path in inside if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts]
    return [str(path.relative_to(ROOT)) for path in files]


def test_every_package_and_the_page_are_in_the_wheel() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["include"] == [*(f"/{name}" for name in PACKAGES), "/web/dist"]
    assert wheel["artifacts"] == ["/web/dist"]  # which git ignores
    assert "exclude" not in wheel


def test_no_file_the_programs_read_is_ignored() -> None:
    files = data_files()
    assert {".md", ".npz", ".pdf", ".sql", ".toml"} <= {Path(name).suffix for name in files}
    asked = subprocess.run(
        ["git", "check-ignore", "--stdin"],
        input="\n".join(files),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.stdout == ""
    assert asked.stderr == ""
