"""What `up` tells while it starts: a live table of steps in a terminal, otherwise plain lines with elapsed times."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

NOTE_EVERY_S = 10.0  # without a terminal a long step says where it is this often


@dataclass(slots=True)
class Step:
    """One row; ``note`` may be called often."""

    title: str
    progress: Progress
    started_at: float | None = None
    ended_at: float | None = None
    failed: bool = False
    text: str = ""
    told_at: float = 0.0

    def note(self, text: str) -> None:
        self.text = text
        self.progress.changed(self)

    def result(self, text: str) -> None:
        """What the step's last line says."""
        self.text = text

    @property
    def elapsed_s(self) -> float:
        if self.started_at is None:
            return 0.0
        return (self.ended_at or time.monotonic()) - self.started_at


class Progress:
    """The steps in the order they are shown, whichever ends first."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._steps: list[Step] = []
        self._spinner = Spinner("dots")
        self._live = (
            Live(get_renderable=self._table, console=console, refresh_per_second=8) if console.is_terminal else None
        )
        age_s = time.time() - psutil.Process().create_time()  # what was imported before counts too
        self._began_at = time.monotonic() - max(0.0, age_s)

    def plan(self, title: str) -> Step:
        """Add a row that begins later."""
        step = Step(title, self)
        self._steps.append(step)
        return step

    @contextmanager
    def showing(self) -> Generator[None]:
        """Show the table while the body runs."""
        if self._live is None:
            yield
            return
        with self._live:
            yield

    @contextmanager
    def doing(self, step: Step) -> Generator[Step]:
        """The body is this step; its end, good or bad, is shown."""
        step.started_at = step.told_at = time.monotonic()
        try:
            yield step
        except BaseException as error:
            step.failed = True
            step.text = "stopped" if isinstance(error, asyncio.CancelledError) else "failed"
            raise
        finally:
            step.ended_at = time.monotonic()
            if self._live is None:
                self.say(f"{step.title}: {step.text or 'done'} ({step.elapsed_s:.1f} s)")

    def changed(self, step: Step) -> None:
        now = time.monotonic()
        if self._live is None and step.started_at is not None and now - step.told_at >= NOTE_EVERY_S:
            step.told_at = now
            self.say(f"{step.title}: {step.text} ({step.elapsed_s:.0f} s so far)")

    def say(self, line: str) -> None:
        """One line for the person, above the table when there is one."""
        prefix = "" if self._live else f"[{time.monotonic() - self._began_at:6.1f} s] "
        self._console.print(prefix + line, markup=False, highlight=False, soft_wrap=True)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for step in self._steps:
            table.add_row(self._mark(step), step.title, Text(step.text, style="dim"), self._time(step))
        return table

    def _mark(self, step: Step) -> Spinner | Text:
        if step.started_at is None:
            return Text("·", style="dim")
        if step.ended_at is None:
            return self._spinner
        return Text("x", style="red") if step.failed else Text("✓", style="green")

    def _time(self, step: Step) -> Text:
        return Text(f"{step.elapsed_s:.1f} s" if step.started_at is not None else "", style="dim")
