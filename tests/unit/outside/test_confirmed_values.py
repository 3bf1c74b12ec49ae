"""A change by a server's tool holds no address and no telephone number that the caller did not confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from livekit.agents import ToolError

from store.clock import FixedClock
from store.identity import ALL_SCOPES, Identity
from store.ids import new_id
from store.mcp_servers import McpServer
from tests.fakes.calls import PERSONA, Published
from tools.call import CallContext, Services
from tools.capture.model import Kind
from tools.outside.client import Connection
from tools.outside.model import OutsideTool
from tools.outside.toolset import OutsideToolset

TEXT = {"type": "string"}
FIELDS = ("to", "text", "mobile_number", "order")
SCHEMA = {"type": "object", "properties": dict.fromkeys(FIELDS, TEXT)}
SEND = OutsideTool("send", "Sends a message.", SCHEMA, reads_only=False)


class House:
    """Nobody of the tenant has any address."""

    async def known_addresses(self, identity: Identity, addresses: object) -> frozenset[str]:
        return frozenset()


@pytest.fixture
def call() -> CallContext:
    return CallContext(
        identity=Identity(new_id(), None, "member", ALL_SCOPES),
        persona=replace(PERSONA, toolsets=("capture",)),
        conversation_id=new_id(),
        timezone=ZoneInfo("Europe/Berlin"),
        language="en",
        channel="web",
        clock=FixedClock(datetime(2026, 11, 21, 9, tzinfo=UTC)),
        services=Services(cast(Any, None), cast(Any, House()), *cast(Any, (None, None, None))),
        publish=Published(),
    )


async def send(call: CallContext, arguments: Mapping[str, object]) -> str:
    call.words.hear(" ".join(map(str, arguments.values())))  # the caller said all of it
    server = cast(McpServer, SimpleNamespace(name="desk", time_limit_s=3.0, confirmed_tools=None))
    [tool] = OutsideToolset(call, server, cast(Connection, None), [SEND]).tools
    context = SimpleNamespace(speech_handle=SimpleNamespace(id="turn"))
    return await cast(Any, tool)(context, raw_arguments=dict(arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        {"to": "jane@example.com"},
        {"text": "Write to jane@example.com."},
        {"text": "Please call 415 555 0123."},
        {"mobile_number": "4155550123"},
        {"to": "+4930123456"},
    ],
)
async def test_what_nobody_confirmed_is_refused(call: CallContext, arguments: dict[str, object]) -> None:
    with pytest.raises(ToolError, match="is not confirmed"):
        await send(call, arguments)


async def test_what_was_confirmed_is_read_back_with_the_rest(call: CallContext) -> None:
    call.words.hear("jane at example dot com")
    call.words.speak(call.captures.begin(Kind.EMAIL).says)
    call.words.hear("Yes.")
    call.captures.answer()
    assert "Shall I?" in await send(call, {"to": "jane@example.com", "text": "Hello."})


async def test_other_numbers_go_through(call: CallContext) -> None:
    assert "Shall I?" in await send(call, {"order": "4155550123", "text": "Booking number 4155550123"})
