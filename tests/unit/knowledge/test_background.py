"""Work that nobody waits for."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

from psycopg.errors import ForeignKeyViolation

from tools.knowledge.background import Background
from tools.knowledge.prefetch import Prefetch


async def of_a_tenant_that_is_gone(_text: str = "") -> None:
    raise ForeignKeyViolation("the tenant is gone")


async def test_what_fails_keeps_nobody_from_closing_and_what_else_there_is_is_waited_for() -> None:
    background, written = Background(), list[str]()

    async def write() -> None:
        await asyncio.sleep(0)
        written.append("query log")

    background.begin(of_a_tenant_that_is_gone())
    background.begin(write())
    await background.aclose()
    assert written == ["query log"]


async def test_a_search_ahead_that_fails_whatever_it_was_is_no_answer_and_no_lost_error() -> None:
    lost: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: lost.append(context))
    ahead = Prefetch[None]()
    ahead.begin("call", "what does parking cost", of_a_tenant_that_is_gone)
    assert await ahead.take("call", "What does parking cost?") is None
    ahead.begin("call", "what does breakfast cost", of_a_tenant_that_is_gone)
    await ahead.aclose()
    gc.collect()
    assert lost == []
