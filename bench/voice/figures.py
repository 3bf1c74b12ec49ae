"""Records made into figures: medians, percentiles, shares; the aims; the table and the JSON file.

`summary` is pure. A part whose figures differ is a row in SHAPES; an aim is a row in AIMS.
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.voice.bench import Record

Figures = dict[str, Any]
OURS, STOCK = "voiceloop", "stock"


def percentile(values: Iterable[float], share: float) -> float:
    """Nearest rank: the smallest value that ``share`` of 100 values do not exceed. Raises ValueError for no values."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("No values have no percentile.")
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]


def spread(values: Sequence[float]) -> Figures:
    """n, median, 95th percentile, least and most; only n when there are none."""
    if not values:
        return {"n": 0}
    rounded = {
        "median": statistics.median(values),
        "p95": percentile(values, 95),
        "min": min(values),
        "max": max(values),
    }
    return {"n": len(values), **{name: round(value, 3) for name, value in rounded.items()}}


def share(records: Sequence[Record], true: Callable[[Record], bool]) -> Figures:
    """How many of them, and what share of 1."""
    count = sum(true(record) for record in records)
    return {"count": count, "of": len(records), "share": round(count / len(records), 3) if records else None}


def of_turns(records: Sequence[Record]) -> Figures:
    """Utterances: the answer's latency where it came after the end, how often before, how often never."""
    return {
        "latency_s": spread([record.latency_s for record in records if record.latency_s is not None]),
        "cut_off": share(records, lambda record: record.cut_off),
        "silent": share(records, lambda record: record.silent),
        "cut_off_by_kind": {
            kind: share([record for record in records if record.kind == kind], lambda record: record.cut_off)
            for kind in sorted({record.kind for record in records})
        },
    }


def of_over(records: Sequence[Record]) -> Figures:
    """Interruptions must stop the agent, everything else must not."""
    real = [record for record in records if record.kind == "interruption"]
    found: Figures = {
        "stop_s": spread([record.stopped_s for record in real if record.stopped_s is not None]),
        "duck_s": spread([record.ducked_s for record in real if record.ducked_s is not None]),
        "missed": share(real, lambda record: record.stopped_s is None),
    }
    for kind in sorted({record.kind for record in records} - {"interruption"}):
        aside = [record for record in records if record.kind == kind]
        found[f"{kind}_survived"] = share(aside, lambda record: bool(record.went_on) and not record.began_anew)
    return found


def of_calls(records: Sequence[Record]) -> Figures:
    """The latency at each number of calls at once; an answer that never came counts as silent."""
    counts = sorted({record.calls for record in records if record.calls})
    return {str(count): of_turns([record for record in records if record.calls == count]) for count in counts}


SHAPES: dict[str, Callable[[Sequence[Record]], Figures]] = {"over": of_over, "echo": of_over, "calls": of_calls}


def summary(records: Sequence[Record], values: dict[str, dict[str, list[float]]]) -> Figures:
    """``parts[part][agent]`` and ``values[name][agent]``."""
    parts: dict[str, dict[str, Figures]] = {}
    for part, agent in dict.fromkeys((record.part, record.agent) for record in records):
        chosen = [record for record in records if (record.part, record.agent) == (part, agent)]
        parts.setdefault(part, {})[agent] = SHAPES.get(part, of_turns)(chosen)
    numbers = {name: {agent: spread(found) for agent, found in rows.items()} for name, rows in values.items()}
    return {"parts": parts, "values": numbers}


# title, where the figure is, at most or at least, the limit
AIMS: tuple[tuple[str, str, str, float], ...] = (
    ("heard latency, median s", "parts.plain.{}.latency_s.median", "<=", 0.60),
    ("heard latency, p95 s", "parts.plain.{}.latency_s.p95", "<=", 1.0),
    ("cut off at pauses, share", "parts.pauses.{}.cut_off.share", "<=", 0.05),
    ("answer after a pause, median s", "parts.pauses.{}.latency_s.median", "<=", 1.0),
    ("10 dB babble: cut off at pauses, share", "parts.pauses_babble10.{}.cut_off.share", "<=", 0.10),
    ("10 dB babble: heard latency, p95 s", "parts.babble10.{}.latency_s.p95", "<=", 1.3),
    ("interruption to silence, median s", "parts.over.{}.stop_s.median", "<=", 0.40),
    ("interruption to ducked, median s", "parts.over.{}.duck_s.median", "<=", 0.12),
    ("interruptions missed", "parts.over.{}.missed.count", "<=", 0),
    ("goes on through backchannels, share", "parts.over.{}.backchannel_survived.share", ">=", 0.90),
    ("goes on through side talk, share", "parts.over.{}.side_talk_survived.share", ">=", 0.90),
    ("goes on through its own echo, share", "parts.echo.{}.echo_survived.share", ">=", 0.90),
    ("500 ms to the first token: median s", "parts.llm500.{}.latency_s.median", "<=", 1.0),
    ("memory of a further call, MB", "values.pss_per_call_mb.{}.median", "<=", 120.0),
    ("calls at once in time, per core", "values.calls_per_core.{}.max", ">=", 4.0),
)
# share of the stock agent's figure that ours may have
RATIOS: tuple[tuple[str, str, str, float], ...] = (
    ("heard latency, median, of the stock agent's", "parts.plain.{}.latency_s.median", "<=", 0.5),
    ("heard latency, p95, of the stock agent's", "parts.plain.{}.latency_s.p95", "<=", 0.4),
    ("calls per core, of the stock agent's", "values.calls_per_core.{}.max", ">=", 2.0),
)


def aims(found: Figures) -> list[Figures]:
    """Each aim that this run can tell: its value, limit, and whether it is reached."""
    told: list[Figures] = []
    for rows, is_ratio in ((AIMS, False), (RATIOS, True)):
        for title, where, sign, limit in rows:
            value, stock = _at(found, where.format(OURS)), _at(found, where.format(STOCK))
            if value is None or (is_ratio and not stock):
                continue
            value = round(value / stock, 3) if is_ratio else value
            reached = value <= limit if sign == "<=" else value >= limit
            told.append({"aim": title, "value": value, "limit": f"{sign} {limit:g}", "reached": reached})
    return told


def _at(found: Figures, where: str) -> Any:
    for name in where.split("."):
        found = found.get(name) if isinstance(found, dict) else None  # type: ignore[assignment]
    return found


def write(path: Path, machine: Figures, found: Figures, records: Sequence[Record]) -> None:
    """Everything as JSON, the records too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = [{name: value for name, value in asdict(record).items() if value is not None} for record in records]
    whole = {"machine": machine, **found, "aims": aims(found), "records": kept}
    path.write_text(json.dumps(whole, indent=1) + "\n", "utf-8")


def show(console: Console, found: Figures) -> None:
    """The tables a person reads."""
    for part, rows in found["parts"].items():
        flat = {agent: _flat(figures) for agent, figures in rows.items()}
        columns = list(dict.fromkeys(column for cells in flat.values() for column in cells))
        table = Table("agent", *columns, title=part)
        for agent, cells in flat.items():
            table.add_row(agent, *(cells.get(column, "") for column in columns))
        console.print(table)
    table = Table("value", "agent", "n", "median", "min to max")
    for name, rows in found["values"].items():
        for agent, row in rows.items():
            table.add_row(name, agent, str(row["n"]), f"{row['median']:g}", f"{row['min']:g} to {row['max']:g}")
    console.print(table)
    for aim in aims(found):
        mark = "reached" if aim["reached"] else "missed"
        console.print(f"{aim['aim']}: {aim['value']:g} ({aim['limit']}): {mark}", markup=False)


def _flat(figures: Figures, before: str = "") -> dict[str, str]:
    """Nested figures as columns; kinds are left to the JSON."""
    cells: dict[str, str] = {}
    for name, value in figures.items():
        title = f"{before} {name}".strip()
        if name.endswith("_by_kind"):
            continue
        if isinstance(value, dict) and "of" in value:
            cells[title] = f"{value['count']} of {value['of']}"
        elif isinstance(value, dict) and "n" in value:
            cells[f"{title} median / p95"] = f"{value['median']:.2f} / {value['p95']:.2f}" if value["n"] else "none"
        elif isinstance(value, dict):
            cells |= _flat(value, title)
    return cells
