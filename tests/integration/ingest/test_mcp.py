"""The official MCP client against the sidecar, over streamable HTTP and through `voiceloop mcp`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import httpx2
from mcp import ClientSession, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from store.database import Database
from store.identity import Identity
from tests.integration.ingest.conftest import Sidecar, make_key
from tests.integration.ingest.people import browser
from tools.mcp.server import TOOLS

MONDAY = "2026-11-23T15:00:00"


@asynccontextmanager
async def connected(sidecar: Sidecar, key: str) -> AsyncGenerator[ClientSession]:
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers) as http,
        streamable_http_client(f"{sidecar.url}/mcp", http_client=http) as streams,
        ClientSession(streams[0], streams[1]) as session,
    ):
        await session.initialize()
        yield session


async def called(session: ClientSession, tool: str, **arguments: Any) -> tuple[bool, dict[str, Any]]:
    """Whether it failed, and what it said."""
    result = await session.call_tool(tool, arguments)
    return result.is_error, result.structured_content


async def test_every_tool_is_listed_with_what_it_takes_and_whether_it_writes(sidecar: Sidecar) -> None:
    async with connected(sidecar, sidecar.key) as session:
        tools = (await session.list_tools()).tools
    assert [tool.name for tool in tools] == [tool.name for tool in TOOLS]
    assert all(tool.input_schema["type"] == "object" and tool.description for tool in tools)
    hints = {tool.name: tool.annotations for tool in tools}
    assert hints["list_events"].read_only_hint
    assert not hints["book_event"].read_only_hint
    assert hints["cancel_event"].destructive_hint


async def test_an_event_is_booked_once_seen_moved_and_cancelled(sidecar: Sidecar) -> None:
    async with connected(sidecar, sidecar.key) as session:
        wanted = {"summary": "Lunch with Anna", "start": MONDAY, "idempotency_key": "lunch"}
        _, booked = await called(session, "book_event", **wanted)
        _, again = await called(session, "book_event", **wanted)
        event_id = booked["event"]["id"]
        assert again["event"]["id"] == event_id
        assert booked["event"]["start"] == "2026-11-23T15:00:00+01:00"
        moved = (await called(session, "change_event", event_id=event_id, start="2026-11-23T16:00:00"))[1]
        assert moved["event"]["end"] == "2026-11-23T16:30:00+01:00"
        longer = (await called(session, "change_event", event_id=event_id, duration_min=60))[1]
        assert longer["event"]["end"] == "2026-11-23T17:00:00+01:00"
        _, listed = await called(session, "list_events", start_date="2026-11-23")
        assert [event["summary"] for event in listed["events"]] == ["Lunch with Anna"]
        assert (await called(session, "cancel_event", event_id=event_id))[0] is False
        assert (await called(session, "list_events", start_date="2026-11-23"))[1]["events"] == []


async def test_an_event_is_found_by_words_made_a_whole_day_and_a_time_again(sidecar: Sidecar) -> None:
    async with connected(sidecar, sidecar.key) as session:
        await called(session, "book_event", summary="Lunch with Anna", start=MONDAY)
        await called(session, "book_event", summary="Dentist", start="2026-11-24T15:00:00")
        [found] = (await called(session, "search_events", words="anna"))[1]["events"]
        assert found["summary"] == "Lunch with Anna"
        assert (await called(session, "search_events", words="anna", day="2026-11-24"))[1]["events"] == []
        whole = (await called(session, "change_event", event_id=found["id"], all_day=True))[1]["event"]
        assert (whole["all_day"], whole["start"][:16]) == (True, "2026-11-23T00:00")
        failed, said = await called(session, "change_event", event_id=found["id"], all_day=False)
        assert (failed, said["error"]["code"]) == (True, "start_missing")
        timed = await called(session, "change_event", event_id=found["id"], all_day=False, start=MONDAY)
        assert (timed[1]["event"]["all_day"], timed[1]["event"]["end"][11:16]) == (False, "15:30")


async def test_a_change_and_a_cancellation_with_a_key_are_done_once(sidecar: Sidecar) -> None:
    async with connected(sidecar, sidecar.key) as session:
        event_id = (await called(session, "book_event", summary="Call", start=MONDAY))[1]["event"]["id"]
        wanted = {"event_id": event_id, "start": "2026-11-23T16:00:00", "idempotency_key": "later"}
        first = (await called(session, "change_event", **wanted))[1]
        await called(session, "change_event", event_id=event_id, start=MONDAY)
        again = (await called(session, "change_event", **wanted))[1]
        assert again["change_id"] == first["change_id"]
        [event] = (await called(session, "list_events", start_date="2026-11-23"))[1]["events"]
        assert event["start"][11:16] == "15:00"
        gone = {"event_id": event_id, "idempotency_key": "gone"}
        assert (await called(session, "cancel_event", **gone))[0] is False
        assert (await called(session, "cancel_event", **gone))[0] is False


async def test_a_day_at_the_end_of_time_is_answered_with_a_sentence(sidecar: Sidecar) -> None:
    async with connected(sidecar, sidecar.key) as session:
        failed, said = await called(session, "suggest_times", start_date="9999-12-25")
    assert failed
    assert said["error"]["message"].endswith(".")


async def test_a_length_given_anew_is_elapsed_time_on_the_night_the_clocks_go_forward(sidecar: Sidecar) -> None:
    async with connected(sidecar, sidecar.key) as session:
        late = {"start": "2027-03-28T01:30:00", "timezone": "Europe/Berlin"}
        _, booked = await called(session, "book_event", summary="Night shift", **late)
        _, longer = await called(session, "change_event", event_id=booked["event"]["id"], duration_min=120)
    assert longer["event"]["end"] == "2027-03-28T04:30:00+02:00"


async def test_a_time_that_is_taken_comes_back_with_what_is_free(sidecar: Sidecar) -> None:
    async with connected(sidecar, sidecar.key) as session:
        await called(session, "book_event", summary="Dentist", start=MONDAY)
        failed, said = await called(session, "book_event", summary="Call", start=MONDAY)
        free = (await called(session, "find_free_slots", date="2026-11-23", part_of_day="afternoon"))[1]["free"]
        near = (await called(session, "suggest_times", near=MONDAY, wishes=["afternoons"]))[1]["suggestions"]
    assert failed
    assert said["error"]["code"] == "time_taken"
    assert said["error"]["clash"]["summary"] == "Dentist"
    assert len(said["error"]["alternatives"]) == 3
    assert free[0]["end"] == "2026-11-23T15:00:00+01:00"
    assert len(near) == 3
    assert all(slot["reason"] and "T1" in slot["start"] for slot in near)


async def test_a_series_is_booked_moved_from_one_on_and_taken_back(sidecar: Sidecar) -> None:
    async with connected(sidecar, sidecar.key) as session:
        weekly = {"summary": "Stand-up", "start": "2026-11-23T09:00:00", "rrule": "FREQ=WEEKLY;COUNT=3"}
        await called(session, "book_event", **weekly)
        window = {"start_date": "2026-11-23", "end_date": "2026-12-20"}
        second = (await called(session, "list_events", **window))[1]["events"][1]
        moved = await called(
            session, "change_event", event_id=second["id"], start="2026-11-30T11:00:00", scope="following"
        )
        later = [event["start"][5:13] for event in (await called(session, "list_events", **window))[1]["events"]]
        assert later == ["11-23T09", "11-30T11", "12-07T11"]
        undone = (await called(session, "undo_change", change_id=moved[1]["change_id"]))[1]
        assert undone["message"] == "Stand-up is back at the old time."
        await called(session, "book_event", summary="Dentist", start="2026-12-01T09:00:00")
        failed, said = await called(session, "book_event", **{**weekly, "start": "2026-11-24T09:00:00"})
        assert (failed, said["error"]["code"], said["error"]["total"]) == (True, "series_clashes", 3)


async def test_documents_answer_with_a_quotation_or_say_that_they_do_not(sidecar: Sidecar) -> None:
    async with sidecar.client() as client:
        rules = {"title": "House rules", "text": "Breakfast is served from seven to ten in the garden room."}
        async with client.post("/api/knowledge/ingest", json=rules) as answer:
            assert answer.status < 300
    await sidecar.work_off()
    async with connected(sidecar, sidecar.key) as session:
        _, found = await called(session, "search_knowledge", question="When is breakfast served?")
        _, missing = await called(session, "search_knowledge", question="Who won the chess championship in Baku?")
    assert found["results"][0]["quote"]
    assert missing["answered"] is False


async def test_what_makes_no_sense_is_said_so_that_the_assistant_can_mend_it(sidecar: Sidecar) -> None:
    async with connected(sidecar, sidecar.key) as session:
        for arguments, words in (
            ({"summary": "Call", "start": "2020-01-01T10:00:00"}, "passed"),
            ({"summary": "Call", "start": "2027-03-28T02:30:00"}, "clocks go forward"),
            ({"summary": "Call", "start": MONDAY, "timezone": "Mars/Olympus"}, "no time zone"),
            ({"summary": "Call", "start": "soon"}, "start"),
            ({"summary": "Call", "start": MONDAY, "guests": 3}, "guests"),
        ):
            result = await session.call_tool("book_event", arguments)
            assert result.is_error
            assert words in result.content[0].text
        assert (await session.call_tool("fly_away", {})).is_error
        assert (await called(session, "list_events", start_date="2026-11-23"))[1]["events"] == []


async def test_a_key_sees_and_does_only_what_its_scopes_allow(
    sidecar: Sidecar, database: Database, identity: Identity
) -> None:
    key = await make_key(database, identity, frozenset({"calendar:read"}))
    async with connected(sidecar, key) as session:
        names = {tool.name for tool in (await session.list_tools()).tools}
        failed, said = await called(session, "book_event", summary="Call", start=MONDAY)
    assert names == {"list_events", "search_events", "find_free_slots", "suggest_times"}
    assert failed
    assert said["error"]["code"] == "missing_scope"


async def test_another_tenant_sees_and_changes_nothing(sidecar: Sidecar) -> None:
    async with connected(sidecar, sidecar.key) as session:
        event_id = (await called(session, "book_event", summary="Secret", start=MONDAY))[1]["event"]["id"]
    async with connected(sidecar, sidecar.other_key) as session:
        assert (await called(session, "list_events", start_date="2026-11-23"))[1]["events"] == []
        failed, said = await called(session, "cancel_event", event_id=event_id)
        assert failed
        assert said["error"]["code"] == "event_not_found"


async def test_nobody_gets_in_without_a_key_nor_with_the_page_s_cookie(sidecar: Sidecar) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
    async with aiohttp.ClientSession(sidecar.url) as session, session.post("/mcp", json=body) as answer:
        assert answer.status == 401
    async with browser(sidecar) as page, page.post("/api/auth/session/local") as signed_in:
        assert signed_in.ok
        async with page.post("/mcp", json=body) as answer:
            assert (answer.status, (await answer.json())["code"]) == (403, "bearer_needed")


async def test_broken_messages_are_refused_in_the_protocol_s_own_words(sidecar: Sidecar) -> None:
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    async with sidecar.client() as client:
        for body in (b"", b"{", b"[]", b"null", b'{"jsonrpc":"2.0"}', b"\xff\xfe", b"[" * 10_000):
            async with client.post("/mcp", data=body, headers=headers) as answer:
                assert 400 <= answer.status < 500
        async with client.get("/mcp") as answer:
            assert 400 <= answer.status < 500


async def test_the_command_offers_the_same_tools_over_standard_input(sidecar: Sidecar) -> None:
    program = StdioServerParameters(
        command=sys.executable,
        args=["-m", "ingest.cli", "mcp", "--url", sidecar.url],
        env={**os.environ, "VOICELOOP_API_KEY": sidecar.key},
    )
    async with stdio_client(program) as streams, ClientSession(streams[0], streams[1]) as session:
        await session.initialize()
        names = [tool.name for tool in (await session.list_tools()).tools]
        _, booked = await called(session, "book_event", summary="Lunch", start=MONDAY)
    assert names == [tool.name for tool in TOOLS]
    assert booked["event"]["summary"] == "Lunch"


async def test_the_command_answers_what_was_asked_and_ends_with_its_input(sidecar: Sidecar) -> None:
    start = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "pipe", "version": "1"}}
    asked = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": start},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ]
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ingest.cli", "mcp", "--url", sidecar.url),
        env={**os.environ, "VOICELOOP_API_KEY": sidecar.key},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await asyncio.wait_for(program.communicate("".join(f"{json.dumps(one)}\n" for one in asked).encode()), 50)
    assert program.returncode == 0
    assert {json.loads(line)["id"] for line in said.splitlines()} == {1, 2}
