"""What is told without a terminal: a line for every step that ended, with its time, and signs of life of long ones."""

import io

import pytest
from rich.console import Console

from ingest.laptop import progress
from ingest.laptop.progress import Progress


def plain() -> tuple[Progress, io.StringIO]:
    output = io.StringIO()
    return Progress(Console(file=output, force_terminal=False)), output


def test_a_step_tells_its_end_and_its_time() -> None:
    shown, output = plain()
    with shown.showing(), shown.doing(shown.plan("Database")) as step:
        step.note("embedded [Postgres]")
    assert output.getvalue().strip().endswith("Database: embedded [Postgres] (0.0 s)")


def test_a_failed_step_says_so() -> None:
    shown, output = plain()
    with pytest.raises(ValueError), shown.doing(shown.plan("Page")):
        raise ValueError
    assert "Page: failed" in output.getvalue()


def test_a_long_step_gives_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "NOTE_EVERY_S", 0.0)
    shown, output = plain()
    with shown.doing(shown.plan("Media server")) as step:
        step.note("12 packages compiled")
    assert "Media server: 12 packages compiled (0 s so far)" in output.getvalue()


def test_a_terminal_gets_the_table() -> None:
    output = io.StringIO()
    shown = Progress(Console(file=output, force_terminal=True, width=80))
    step = shown.plan("Database")
    with shown.showing(), shown.doing(step):
        step.note("ready")
    assert "Database" in output.getvalue()
    assert "✓" in output.getvalue()
