from __future__ import annotations
import asyncio, time
from tests.e2e import phrases
async def test_diag(stack, join, say) -> None:
    for phrase in (phrases.LONG, phrases.PARKING, phrases.BREAKFAST, phrases.PARKING):
        caller = await join()
        asked = await caller.say(say(phrase))
        await caller.wait_until_listening(asked.ended_at)
        lines=[(round(l.at-asked.ended_at,3), l.final, l.text) for l in caller.lines if not l.by_agent and l.at>asked.started_at]
        print("CALL", phrase); [print("   ", l) for l in lines[-6:]]
        await caller.leave()
        rows = await asyncio.to_thread(stack.rows, "SELECT execution_time_ms AS ms, query FROM knowledge_queries ORDER BY created_at DESC LIMIT 1")
        print("   ROW", rows)
    assert False
