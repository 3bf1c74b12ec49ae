"""What a caller types in the page or keys on the telephone while a value is taken down: it counts as it stands there.

RPC ``voiceloop.enter`` with ``{"id", "value"}`` comes from the page's card; keys come as ``sip_dtmf_received``. The
rules are in ``tools/capture``; what is said next is the mind's, which hears the value as the caller's words.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from livekit import rtc
from livekit.agents import AgentSession

from agent.behaviors import entered
from store.errors import NotFound
from store.log import get_logger
from tools.call import CallContext
from tools.capture.model import Kind
from tools.plaintext import clean_line

KEYS_OVER_S = 3.0  # without another key, and without the pound key
LONGEST = 254
_KEYS = frozenset("0123456789*#")
_KEYED = frozenset({Kind.PHONE, Kind.DATE, Kind.AMOUNT})
_WRONG = {
    Kind.NAME: "This does not look like a name. Please check it.",
    Kind.EMAIL: "This does not look like an e-mail address. Please check it.",
    Kind.PHONE: "This does not look like a telephone number. Please check it.",
    Kind.DATE: "This does not look like a day. Please check it.",
    Kind.AMOUNT: "This does not look like an amount. Please check it.",
}
log = get_logger(__name__)


def attach(session: AgentSession[Any], call: CallContext, room: rtc.Room) -> None:
    """Listen to the page and to the keys; whoever comes by telephone is asked for keys and not for typing."""

    async def enter(data: rtc.RpcInvocationData) -> str:
        capture_id, value = _entry(data.payload)
        reason = take(session, call, capture_id, value)
        return json.dumps({"ok": False, "reason": reason} if reason else {"ok": True})

    def note(participant: rtc.RemoteParticipant) -> None:
        call.has_keys = call.has_keys or participant.kind == rtc.ParticipantKind.PARTICIPANT_KIND_SIP

    keys = Keys(session, call)
    room.local_participant.register_rpc_method("voiceloop.enter", enter)
    room.on("sip_dtmf_received", lambda event: keys.press(event.digit))
    room.on("participant_connected", note)
    for participant in room.remote_participants.values():
        note(participant)


def take(session: AgentSession[Any], call: CallContext, capture_id: str, value: str) -> str:
    """Enter a value and let the conversation go on with it. Returns why it was not taken, "" when it was."""
    capture = call.captures.current
    try:
        step = call.captures.entered(capture_id, value)
    except NotFound as error:
        return error.message
    if capture is None or step.capture.is_open:
        return _WRONG[step.capture.kind]
    entered.answer(session, step.capture.value)
    return ""


class Keys:
    """Keys pressed one after the other, taken as one value at the pound key or when no more come."""

    def __init__(self, session: AgentSession[Any], call: CallContext) -> None:
        self._session, self._call = session, call
        self._pressed = ""
        self._timer: asyncio.TimerHandle | None = None
        session.on("close", lambda _: self._stop())

    def press(self, key: str) -> None:
        """``key``: one of 0 to 9, * and #; anything else is nothing. Keys that nobody asked for are left alone."""
        if key not in _KEYS:
            return
        self._stop()
        capture = self._call.captures.current
        if capture is None or not capture.is_open or capture.kind not in _KEYED:
            self._pressed = ""
            return
        if key == "#":
            self._enter()
            return
        self._pressed = (self._pressed + key)[:LONGEST]
        self._timer = asyncio.get_running_loop().call_later(KEYS_OVER_S, self._enter)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _enter(self) -> None:
        pressed, self._pressed = self._pressed, ""
        capture = self._call.captures.current
        if pressed and capture is not None:
            reason = take(self._session, self._call, str(capture.id), pressed)
            log.info("keys were entered", taken=not reason, kind=capture.kind.value)
            if reason and capture.is_open:  # whoever leads the conversation asks again: a telephone shows no reason
                entered.answer(self._session, pressed)


def _entry(payload: str) -> tuple[str, str]:
    try:
        sent = json.loads(payload)
    except (ValueError, RecursionError):  # anybody in the room may send anything
        return "", ""
    if not isinstance(sent, dict):
        return "", ""
    return str(sent.get("id", "")), clean_line(str(sent.get("value", "")), limit=LONGEST)
