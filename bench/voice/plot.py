"""The frontier as an SVG: heard latency against false cut-offs, one mark an agent, the aim as a field.

`python -m bench.voice.plot RUN.json... OUT.svg`. Pure but for reading and writing; no drawing library.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720, 420, 64, 52, 36, 24
MOST_S, MOST_SHARE = 3.0, 0.6
AIM_S, AIM_SHARE = 0.60, 0.05
COLOURS = ("#0b6e4f", "#b3541e", "#4a4e9c", "#8a2f5d", "#5f6b73")


@dataclass(frozen=True)
class Point:
    """An agent: median and p95 of its latency (s), share of pauses it talked into."""

    name: str
    median_s: float
    p95_s: float
    cut_off: float


def points_of(run: dict[str, Any], label: str = "") -> list[Point]:
    """The agents of a run that were asked plain utterances and ones with pauses."""
    plain, pauses = run["parts"].get("plain", {}), run["parts"].get("pauses", {})
    return [
        Point(
            f"{agent}{label}",
            plain[agent]["latency_s"]["median"],
            plain[agent]["latency_s"]["p95"],
            pauses[agent]["cut_off"]["share"],
        )
        for agent in plain
        if agent in pauses and plain[agent]["latency_s"]["n"]
    ]


def x_of(seconds: float) -> float:
    return round(LEFT + min(seconds, MOST_S) / MOST_S * (WIDTH - LEFT - RIGHT), 1)


def y_of(share: float) -> float:
    return round(HEIGHT - BOTTOM - min(share, MOST_SHARE) / MOST_SHARE * (HEIGHT - BOTTOM - TOP), 1)


def svg(points: list[Point], title: str) -> str:
    """The whole picture as text."""
    marks = [mark for number, point in enumerate(points) for mark in _marks(point, COLOURS[number % len(COLOURS)])]
    body = "\n".join([*_field(), *_axes(), _text(LEFT, 20, title, size=14), *marks])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _field() -> list[str]:
    width, height = x_of(AIM_S) - LEFT, y_of(0) - y_of(AIM_SHARE)
    return [
        f'<rect x="{LEFT}" y="{y_of(AIM_SHARE)}" width="{width:.1f}" height="{height:.1f}" fill="#d8efe3"/>',
        _text(LEFT + 4, y_of(AIM_SHARE) - 4, "aim", "#0b6e4f"),
    ]


def _axes() -> list[str]:
    lines = [_line(LEFT, y_of(0), WIDTH - RIGHT, y_of(0)), _line(LEFT, y_of(0), LEFT, TOP)]
    for tenths in range(0, int(MOST_S * 10) + 1, 5):
        lines.append(_text(x_of(tenths / 10), y_of(0) + 18, f"{tenths / 10:g}", anchor="middle"))
    for percent in range(0, int(MOST_SHARE * 100) + 1, 10):
        lines.append(_text(LEFT - 8, y_of(percent / 100) + 4, f"{percent} %", anchor="end"))
    middle = (LEFT + WIDTH - RIGHT) / 2
    title = "heard latency of plain utterances, s (mark: median, line: to p95)"
    lines.append(_text(middle, HEIGHT - 12, title, anchor="middle"))
    lines.append(_text(LEFT, TOP - 4, "talked into a pause of 0.4 to 1.3 s"))
    return lines


def _marks(point: Point, colour: str) -> list[str]:
    x, y = x_of(point.median_s), y_of(point.cut_off)
    return [
        _line(x, y, x_of(point.p95_s), y, colour, 2),
        f'<circle cx="{x}" cy="{y}" r="6" fill="{colour}"/>',
        _text(x + 4, y - 10, f"{point.name} {point.median_s:.2f} s, {point.cut_off * 100:.0f} %", colour),
    ]


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = "#444444", width: int = 1) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{width}"/>'


def _text(x: float, y: float, words: str, colour: str = "#222222", anchor: str = "start", size: int = 12) -> str:
    return f'<text x="{x}" y="{y}" fill="{colour}" font-size="{size}" text-anchor="{anchor}">{escape(words)}</text>'


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.voice.plot", description=__doc__)
    parser.add_argument("runs", type=Path, nargs="+", help="JSON files of runs; several are told apart by their names")
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    points: list[Point] = []
    for path in arguments.runs:
        label = f" ({path.stem})" if len(arguments.runs) > 1 else ""
        points += points_of(json.loads(path.read_text("utf-8")), label)
    arguments.out.write_text(svg(points, "Waiting against interrupting, seen from the caller"), "utf-8")


if __name__ == "__main__":
    main()
