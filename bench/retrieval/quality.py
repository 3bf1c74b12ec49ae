"""How often the right passage comes first, by method, and how often search rightly refuses.

`python -m bench.retrieval.quality`. Weights are fitted on one half of the questions (``fit.py``); the other is
reported beside all. ``--misses`` lists what went wrong. A Postgres of its own.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable, Sequence

from bench.retrieval.corpus import encyclopedia, handbook
from bench.retrieval.gather import Gathered, gather, load
from bench.retrieval.server import database_server
from store.database import Database
from store.migrate import migrate
from tests.conftest import make_owner
from tools.knowledge.embedding import MiniLM
from tools.knowledge.evidence import Evidence
from tools.knowledge.ranking import ANSWER_THRESHOLD, Doubt, doubt, lead_of, relevance, score

Score = Callable[[Evidence], float]
METHODS: dict[str, Score] = {
    "words": lambda one: one.bm25,
    "sum": lambda one: (one.cosine or 0.0) + 0.6 * one.coverage,  # the statement's own order, before reranking
    "reranked": score,
}


def order(one: Gathered, scored: Score) -> list[int]:
    ranked = sorted(range(len(one.candidates)), key=lambda row: -scored(one.evidence[row]))
    return [one.passages[row] for row in ranked]


def recall(gathered: Sequence[Gathered]) -> dict[str, dict[str, float]]:
    """R@1 and R@5 a method over the questions that have an answer."""
    asked = [one for one in gathered if one.question.passage is not None]
    places = {"meaning": [one.dense for one in asked]}
    places |= {method: [order(one, scored)[:5] for one in asked] for method, scored in METHODS.items()}
    return {
        method: {
            "r_at_1": _share(one.question.passage in found[:1] for one, found in zip(asked, orders, strict=True)),
            "r_at_5": _share(one.question.passage in found for one, found in zip(asked, orders, strict=True)),
        }
        for method, orders in places.items()
    }


def doubt_of(one: Gathered) -> Doubt:
    """Of the first result."""
    rows = sorted(range(len(one.candidates)), key=lambda row: -score(one.evidence[row]))
    first = rows[0]
    lead = lead_of([score(one.evidence[row]) for row in rows])
    return doubt(one.asked, one.candidates[first], one.evidence[first], one.statistics, lead, one.lost)


def certainty(one: Gathered) -> int:
    """The relevance of the first result."""
    return relevance(doubt_of(one)) if one.candidates else 0


def abstention(gathered: Sequence[Gathered]) -> dict[str, float]:
    """Shares refused: of what the corpus does not hold, and of what it holds."""

    def refused(*kinds: str) -> float:
        asked = [one for one in gathered if one.question.kind in kinds]
        return _share(certainty(one) < ANSWER_THRESHOLD for one in asked)

    return {
        "unanswerable_refused": refused("near", "far"),
        "answerable_refused": refused("xquad", "house"),
    }


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return round(sum(values) / len(values), 4) if values else 0.0


async def gathered_by_corpus(url: str) -> dict[str, list[Gathered]]:
    """Both corpora searched with all their questions, each by a tenant of its own."""
    await migrate(url)
    model = MiniLM()
    found: dict[str, list[Gathered]] = {}
    async with await Database.open(url) as database:
        for corpus in (encyclopedia(), handbook()):
            identity = await make_owner(database, corpus.name)
            await load(database, identity, corpus, model)
            found[corpus.name] = await gather(database, identity, corpus, model)
    return found


def table(found: dict[str, list[Gathered]]) -> list[str]:
    """Rows of Markdown: recall a method, then refusals, of each corpus and of both."""
    rows = ["| questions | method | R@1 | R@5 | held out: R@1 | R@5 |", "| --- | --- | --- | --- | --- | --- |"]
    for name, gathered in found.items():
        asked = sum(one.question.passage is not None for one in gathered)
        held_out = recall([one for one in gathered if one.question.held_out])
        for method, got in recall(gathered).items():
            other = held_out[method]
            rows.append(
                f"| {name}, {asked} | {method} | {got['r_at_1']:.3f} | {got['r_at_5']:.3f} "
                f"| {other['r_at_1']:.3f} | {other['r_at_5']:.3f} |"
            )
    rows += ["", "| refused | of what is not held | of what is held | held out: not held | held |"]
    rows += ["| --- | --- | --- | --- | --- |"]
    for name, gathered in (*found.items(), ("both", [one for part in found.values() for one in part])):
        every, other = abstention(gathered), abstention([one for one in gathered if one.question.held_out])
        rows.append(
            f"| {name} | {every['unanswerable_refused']:.3f} | {every['answerable_refused']:.3f} "
            f"| {other['unanswerable_refused']:.3f} | {other['answerable_refused']:.3f} |"
        )
    return rows


def misses(gathered: Sequence[Gathered]) -> list[str]:
    """A line a question whose first result is wrong, that is refused though held, or answered though not."""
    lines: list[str] = []
    for one in gathered:
        first = order(one, score)[:1]
        sure, wanted = certainty(one), one.question.passage
        wrong = [
            *(["wrong passage first"] if wanted is not None and [wanted] != first else []),
            *(["refused"] if wanted is not None and sure < ANSWER_THRESHOLD else []),
            *(["answered"] if wanted is None and sure >= ANSWER_THRESHOLD else []),
        ]
        if wrong:
            lines.append(f"{sure:3} {one.question.kind}: {one.question.text} ({', '.join(wrong)})")
    return lines


def main() -> None:
    with database_server() as url:
        found = asyncio.run(gathered_by_corpus(url))
    print("\n".join(table(found)))
    if "--misses" in sys.argv[1:]:
        print("\n".join(line for gathered in found.values() for line in misses(gathered)))


if __name__ == "__main__":
    main()
