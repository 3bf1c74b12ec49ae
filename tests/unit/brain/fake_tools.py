"""Function tools with the real names, arguments and manner of answering, over a list in memory; no rules."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from livekit.agents import Agent, ToolError, function_tool

from tools import spoken

TODAY = date(2026, 11, 21)


class FakeDesk(Agent):
    """An agent with all tools; ``events`` maps titles to naive starts; ``ended`` says whether the call was ended."""

    def __init__(self) -> None:
        super().__init__(instructions="You are Ava.")
        self.events: dict[str, datetime] = {
            "Dentist": datetime.fromisoformat("2026-11-24T09:00"),
            "Team review": datetime.fromisoformat("2026-11-23T14:00"),
        }
        self.pending: tuple[Any, ...] | None = None
        self.questions: list[str] = []
        self.ended = False

    @function_tool
    async def book_event(
        self,
        title: str,
        start: str,
        duration_min: int = 30,
        attendees: list[str] = [],  # noqa: B006 - the framework copies defaults into its schema
        location: str = "",
        confirmed: bool = False,
    ) -> str:
        """Book an event."""
        at = datetime.fromisoformat(start)
        taken = next((name for name, begins in self.events.items() if begins == at), "")
        if taken:
            raise ToolError(
                f"You already have {taken} {spoken.on_moment(at, TODAY)}. I could do "
                f"{spoken.day(at.date(), TODAY)} at 11 AM, 1 PM, or Wednesday, November 25th at noon instead. | Ask."
            )
        if self._asked(("book", title, start, duration_min), confirmed):
            self.events[title] = at
            return f"{title} {spoken.on_moment(at, TODAY)} is booked. | Tell the caller."
        length = spoken.duration(duration_min)
        return f"I have {title} {spoken.on_moment(at, TODAY)} for {length}. Shall I book it? | Wait for the yes."

    @function_tool
    async def list_events(self, start_date: str, end_date: str = "") -> str:
        """List events."""
        first, last = date.fromisoformat(start_date), date.fromisoformat(end_date or start_date)
        found = sorted((at, name) for name, at in self.events.items() if first <= at.date() <= last)
        told = "; ".join(
            f"{spoken.on_day(at.date(), TODAY)}, {name} from {spoken.clock_time(at)} to {at.hour % 12 + 1} PM"
            for at, name in found
        )
        return f"You have {spoken.counted(len(found), 'event')}: {told}. | Tell." if found else "Nothing is on. | Tell."

    @function_tool
    async def find_free_slots(self, date: str, duration_min: int = 30, part_of_day: str = "any") -> str:
        """Find free time."""
        return "On that day you are free from 9 AM to noon and from 2 to 5 PM. | Offer one."

    @function_tool
    async def move_event(self, event: str, new_start: str, event_start: str = "", confirmed: bool = False) -> str:
        """Move an event."""
        name, at = self._find(event), datetime.fromisoformat(new_start)
        if self._asked(("move", name, new_start), confirmed):
            self.events[name] = at
            return f"{name} is now {spoken.moment(at, TODAY)}. | Tell."
        return f"I will move {name} to {spoken.moment(at, TODAY)}. Is that right? | Wait for the yes."

    @function_tool
    async def cancel_event(self, event: str, event_start: str = "", confirmed: bool = False) -> str:
        """Cancel an event."""
        name = self._find(event)
        if self._asked(("cancel", name), confirmed):
            del self.events[name]
            return f"{name} is cancelled. | Tell."
        return f"I will cancel {name}. Are you sure? | Wait for the yes."

    @function_tool
    async def search_knowledge(self, question: str) -> str:
        """Search the documents."""
        self.questions.append(question)
        if "breakfast" in question.lower():
            return 'According to the Harbour House handbook, page 2: "Breakfast is served from 7 to 10." | Tell.'
        if "summer party" in question.lower():
            return 'According to the staff handbook, page 4: "The summer party is on 12 June." | Tell.'
        if "surveyor" in question.lower():
            return 'According to the letter you sent: "Our surveyor will visit on 17 March at 10." | Tell.'
        return "I found nothing about that in the documents. | Say so."

    @function_tool
    async def read_citation(self, part: str = "sentence", number: int = 0, slowly: bool = False) -> str:
        """Read on from the last quotation."""
        return f"That is the {part}{' slowly' if slowly else ''}. | Say it."

    @function_tool
    async def end_call(self, reason: str = "") -> str:
        """End the call."""
        self.ended = True
        return "Goodbye, and thank you for calling. | Say goodbye."

    def _asked(self, proposal: tuple[Any, ...], confirmed: bool) -> bool:
        if confirmed and self.pending == proposal:
            self.pending = None
            return True
        self.pending = proposal
        return False

    def _find(self, words: str) -> str:
        wanted = set(words.lower().split())
        name = next((name for name in self.events if wanted & set(name.lower().split())), "")
        if not name:
            raise ToolError(f"I could not find an event called {words} coming up. | Ask which one.")
        return name
