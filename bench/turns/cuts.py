"""Utterances of sayings.toml, held_out.toml and the written evaluation sets, cut after every word and labelled.

A cut within an utterance weighs as much as people are likely to pause there: PAUSES_PER_END of all pauses in all.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from agent.turns.endings import ASSENTS, DANGLING, DENIALS, GREETINGS, SOUNDS
from agent.turns.evidence import Asked

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HESITATION, COMMA, DANGLES, ANYWHERE = 1.0, 0.3, 0.08, 0.03
PAUSES_PER_END = 0.6  # of 0.12 s and more: most turns on the phone are short
_RUN_ON = ASSENTS | DENIALS | GREETINGS  # "yes, please" is said in one breath


@dataclass(frozen=True, slots=True)
class Cut:
    """``words`` so far of utterance ``saying``; ``previous`` without the last two, as a late recogniser has them."""

    saying: int
    words: str
    previous: str
    asked: Asked
    is_end: bool
    hesitates: bool
    weight: float


def fitted() -> list[Cut]:
    """The set the weights are fitted on."""
    lines = [*written(HERE / "sayings.toml"), *_examples(), *_asked("held_in"), *_spoken_times("held_in")]
    return _balanced(lines)


def held_out() -> list[Cut]:
    """The set that is only measured on: written apart, by hand."""
    return _balanced([*written(HERE / "held_out.toml")])


def held_out_elsewhere() -> list[Cut]:
    """The held-out sentences of the evaluations of understanding: plain, without a hesitation."""
    return _balanced([*_asked("held_out")])


def written(path: Path) -> Iterator[tuple[Asked, str]]:
    """What was asked and what is said, by lines of a file like sayings.toml."""
    for asked, block in tomllib.loads(path.read_text("utf-8")).items():
        for line in block.strip().splitlines():
            said, _, times = line.partition(" * ")
            yield from [(Asked("" if asked == "nothing" else asked), said)] * int(times or 1)


def _examples() -> Iterator[tuple[Asked, str]]:
    table = tomllib.loads((ROOT / "agent/brain/examples.toml").read_text("utf-8"))
    for intent, said in table.items():
        if isinstance(said, list) and intent != "filler":
            yield from ((_ASKED_FOR.get(intent, Asked.OPEN), line) for line in said)


def _asked(name: str) -> Iterator[tuple[Asked, str]]:
    for line in (ROOT / f"tests/evals/brain/{name}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        intent = row.get("intent", "yes" if row.get("context") == "proposed" else "follow_up")
        if intent != "filler":
            yield _ASKED_FOR.get(intent, Asked.OPEN), row["text"]


def _spoken_times(name: str) -> Iterator[tuple[Asked, str]]:
    for line in (ROOT / f"tests/evals/language/{name}.jsonl").read_text("utf-8").splitlines()[::4]:
        yield Asked.WHEN, json.loads(line)["said"]


_ASKED_FOR = {
    "yes": Asked.YES_NO,
    "no": Asked.YES_NO,
    "correction": Asked.YES_NO,
    "never_mind": Asked.WHEN,
    "follow_up": Asked.NOTHING,
    "repeat": Asked.NOTHING,
}


def _balanced(lines: Iterable[tuple[Asked, str]]) -> list[Cut]:
    cuts = [cut for number, (asked, line) in enumerate(lines) for cut in _cuts(number, asked, line)]
    within = sum(cut.weight for cut in cuts if not cut.is_end)
    ends = sum(cut.weight for cut in cuts if cut.is_end)
    return [cut if cut.is_end else replace(cut, weight=cut.weight * PAUSES_PER_END * ends / within) for cut in cuts]


def _cuts(number: int, asked: Asked, line: str) -> Iterator[Cut]:
    marks = line.replace("...", " ... ").replace(",", " , ").split()
    said: list[str] = []
    for place, mark in enumerate(marks):
        if mark in ("...", ","):
            continue
        said.append(mark.strip("?!;:.") or mark)
        after = marks[place + 1] if place + 1 < len(marks) else ""
        weight = 1.0 if not after else _pauses_here(said[-1].lower(), after)
        words, previous = " ".join(said), " ".join(said[:-2])
        yield Cut(number, words, previous, asked, not after, after == "..." or said[-1].lower() in SOUNDS, weight)


def _pauses_here(word: str, after: str) -> float:
    if after == "..." or word in SOUNDS:
        return HESITATION
    if after == ",":
        return ANYWHERE if word in _RUN_ON else COMMA
    return DANGLES if word in DANGLING else ANYWHERE
