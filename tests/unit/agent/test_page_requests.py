"""What anybody in the room can send to the page's methods: it is answered, whatever it is, and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock
from uuid import uuid4

import pytest

from agent.behaviors import captures, confirmation
from store.errors import NotFound

DEEP, HUGE = "[" * 15_000, '{"id": ' + "1" * 5_000 + "}"
GARBAGE = ["", "null", "[]", "{", '"x"', DEEP, HUGE, '{"id": null, "value": null}', '{"id": "\\ud800"}']


class Methods:
    """A room of which only the methods of its local participant are known."""

    def __init__(self) -> None:
        self.known: dict[str, Callable[[Any], Awaitable[str]]] = {}
        self.local_participant = SimpleNamespace(register_rpc_method=self.known.__setitem__)
        self.remote_participants: dict[str, Any] = {}

    def on(self, *_: object) -> None:
        return None

    async def call(self, method: str, payload: str) -> dict[str, Any]:
        return json.loads(await self.known[method](SimpleNamespace(payload=payload)))


@pytest.mark.parametrize("payload", GARBAGE)
@pytest.mark.parametrize("method", ["voiceloop.confirm", "voiceloop.cancel", "voiceloop.enter"])
async def test_garbage_is_refused_with_a_reason(method: str, payload: str) -> None:
    session, room = Mock(), Methods()
    call = Mock(pending=SimpleNamespace(id=uuid4()))
    call.captures.entered.side_effect = NotFound("This is not being asked for any more.", code="nothing_to_enter")
    captures.attach(session, call, cast("Any", room))
    confirmation.attach(session, call, cast("Any", room))
    answer = await room.call(method, payload)
    assert not answer["ok"]
    assert answer["reason"]
    session.generate_reply.assert_not_called()
