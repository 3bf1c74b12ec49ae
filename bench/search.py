"""How fast and how well document search is: `python -m bench.search [chunks] [small tenants]`; 100,000 and 0 else.

Quality by meaning, by words, by both and reranked, and how often it rightly refuses, on the questions of
``bench/retrieval``; milliseconds in a large tenant. Prints it and writes bench/out/search.json. A Postgres of its own.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from bench.retrieval.corpus import Corpus, encyclopedia, handbook
from bench.retrieval.gather import Gathered, gather, load
from bench.retrieval.latency import fill, nearness, refresh, timed, vectors_like, words_like
from bench.retrieval.quality import abstention, recall
from bench.retrieval.server import database_server
from store.database import Database
from store.migrate import migrate
from tests.conftest import make_owner
from tools.knowledge.embedding import MiniLM

OUT = Path(__file__).parent / "out" / "search.json"
_OF_A_SMALL_TENANT = 50


async def quality(database: Database, model: MiniLM) -> dict[str, Any]:
    """Recall and refusals, of all questions and of those that nothing was fitted on."""
    gathered: list[Gathered] = []
    for corpus in (encyclopedia(), handbook()):
        identity = await make_owner(database, corpus.name)
        await load(database, identity, corpus, model)
        gathered += await gather(database, identity, corpus, model)
    held_out = [one for one in gathered if one.question.held_out]
    return {
        "questions": len(gathered),
        "held_out": len(held_out),
        **{
            f"recall {kind}{name}": recall([one for one in found if one.question.kind == kind])
            for kind in ("xquad", "house")
            for name, found in ((", all", gathered), (", held out", held_out))
        },
        "refused, all": abstention(gathered),
        "refused, held out": abstention(held_out),
    }


async def latency(database: Database, model: MiniLM, chunks: int, tenants: int) -> dict[str, Any]:
    corpus: Corpus = encyclopedia()
    base = model.embed([text for _, text in corpus.passages])
    large = await make_owner(database, "large")
    await load(database, large, corpus, model)
    await fill(database, large, words_like(corpus, chunks, 1), vectors_like(base, chunks, 1), model.name)
    many = tenants * _OF_A_SMALL_TENANT
    texts, vectors = words_like(corpus, many, 2), vectors_like(base, many, 2)
    for number in range(tenants):
        small = await make_owner(database, f"small-{number}")
        rows = slice(number * _OF_A_SMALL_TENANT, (number + 1) * _OF_A_SMALL_TENANT)
        await fill(database, small, texts[rows], vectors[rows], model.name)
    await refresh(database)
    questions = model.embed([question.text for question in corpus.questions[::4]])
    return {
        "chunks": chunks + len(corpus.passages),
        "small_tenants": tenants,
        "search": await timed(database, large, corpus, model),
        "index": await nearness(database.url, large, questions, model.name),
    }


async def measure(url: str, chunks: int, tenants: int) -> dict[str, Any]:
    await migrate(url)
    model = MiniLM()
    async with await Database.open(url) as database:
        return {
            "quality": await quality(database, model),
            "latency": await latency(database, model, chunks, tenants),
        }


def main() -> None:
    chunks, tenants = (int(given) for given in [*sys.argv[1:], *("100000", "0")[len(sys.argv) - 1 :]])
    with database_server() as url:
        report = asyncio.run(measure(url, chunks, tenants))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
