"""A program: start VoiceLoop where no network is, ask the handbook by voice, book a meeting; exit 0 when it was booked.

`python -m tests.e2e.offline_call FOLDER`. Fails first of all when there *is* a way out.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path

from tests.e2e import phrases
from tests.e2e.caller import Caller
from tests.e2e.speech import SpeechStudio
from tests.e2e.stack import Stack

FAR = ("192.0.2.1", 443)  # an address for documentation: nobody answers, but a route would be tried


def require_no_way_out() -> None:
    """Raise AssertionError when a connection beyond loopback is more than refused at once."""
    try:
        socket.create_connection(FAR, timeout=2).close()
    except TimeoutError:
        raise AssertionError("packets leave this machine: this is no offline proof") from None
    except OSError:
        return
    raise AssertionError("this machine reaches the network: this is no offline proof")


async def hold_conversation(stack: Stack, studio: SpeechStudio) -> None:
    async with Caller(*stack.token()) as caller:
        await caller.wait_until_listening(within_s=60)
        asked = await caller.say_until_heard(studio.speak(phrases.BREAKFAST), phrases.HEARD[phrases.BREAKFAST])
        await caller.wait_for_topic("voiceloop.citations", after=asked.started_at)
        await caller.wait_until_listening(asked.ended_at)
        booked = await caller.say_until_heard(studio.speak(phrases.BOOK), phrases.HEARD[phrases.BOOK])
        await caller.wait_for_topic("voiceloop.confirmation", after=booked.started_at, status="pending")
        await caller.wait_until_listening(booked.ended_at)
        await caller.say_until_heard(studio.speak(phrases.YES), phrases.HEARD[phrases.YES])
        await caller.wait_for_topic("voiceloop.event", type="event.booked")


def main() -> int:
    folder = Path(sys.argv[1])
    require_no_way_out()
    studio = SpeechStudio(folder / "speech")
    studio.prepare([phrases.BREAKFAST, phrases.BOOK, phrases.YES])
    with Stack(folder) as stack:
        asyncio.run(hold_conversation(stack, studio))
        events = stack.rows("SELECT summary FROM events")
        refused = [name for name in ("sidecar", "worker") if "refused a connection beyond" in stack.log(name)]
    assert len(events) == 1, events
    assert not refused, f"tried to reach the network: {refused}"
    sys.stdout.write(f"held offline, ready in {stack.started_in_s:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
