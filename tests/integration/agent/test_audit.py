"""What the assistant changes in a call stands in the log as the assistant's, with the call it was in."""

from __future__ import annotations

from store.audit import AuditFilter, list_entries
from store.database import Database
from store.identity import Identity
from tests.fakes.calls import Caller
from tests.integration.agent.conftest import Talk


async def test_an_event_booked_in_a_call_names_the_call(talk: Talk, database: Database, identity: Identity) -> None:
    caller = Caller(talk.opened.call)
    await caller.use("book_event", title="Lunch", start="2026-11-24T12:00")
    caller.next_turn()
    await caller.use("book_event", title="Lunch", start="2026-11-24T12:00", confirmed=True)
    (entry,) = await list_entries(database, identity, AuditFilter(resource_type="event"), limit=10)
    assert entry.action == "event.created"
    assert (entry.actor_user_id, entry.actor_role, entry.channel) == (None, "agent", "call")
    assert entry.request_id == str(talk.opened.call.conversation_id)
