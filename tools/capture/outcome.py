"""What a mind is told of values as FACT | NEXT MOVE, and the same read again from the text alone. Pure.

A step of a capture, and the refusal of a change with a value that nobody confirmed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from tools import spoken
from tools.capture.model import Kind, State, Step
from tools.capture.readback import told
from tools.capture.written import Contact

_CONFIRMED = re.compile(r'Confirmed as "(?P<value>[^"]*)"')
_LEFT = "Write nothing for it."
_CALLED = {Kind.EMAIL: "e-mail address", Kind.PHONE: "telephone number"}
_UNCONFIRMED = re.compile(r"Nothing has happened yet, and (?P<value>\S+) is not confirmed. Call capture_(?P<kind>\w+) ")


@dataclass(frozen=True, slots=True)
class Outcome:
    """``value``: what the caller confirmed, or "". ``is_left``: it was given up. Otherwise ``says`` waits for them."""

    says: str
    value: str = ""
    is_left: bool = False


def result_of(step: Step, today: date) -> str:
    capture = step.capture
    if capture.state is State.CONFIRMED:
        return spoken.result(
            f"The {capture.kind} is {told(capture.kind, capture.value, today=today)}.",
            f'Confirmed as "{capture.value}". Use exactly this value. Go on; do not read it back again.',
        )
    if capture.state is State.GIVEN_UP:
        return spoken.result(f"The {capture.kind} was not taken down.", f"{_LEFT} Say so briefly and go on without it.")
    return spoken.result(step.says, "Say exactly this. When the caller has answered, call capture_answer.")


def outcome_of(result: str) -> Outcome:
    says, _, move = result.partition(spoken.SEPARATOR)
    confirmed = _CONFIRMED.match(move)
    return Outcome(says.strip(), confirmed["value"] if confirmed else "", move.startswith(_LEFT))


def refusal(contact: Contact) -> tuple[str, str]:
    """FACT and NEXT MOVE for a change that holds ``contact`` before anybody confirmed it."""
    how = (
        f"Nothing has happened yet, and {contact.value} is not confirmed. Call capture_{contact.kind} with what the "
        "caller said of it; once it is confirmed, call this again with exactly the confirmed value, or without it when "
        "the caller leaves it out."
    )
    return f"I first want to be sure that I have the {_CALLED[contact.kind]} right.", how


def unconfirmed(result: str) -> Contact | None:
    """What a tool's result that is a ``refusal`` was for; None when it is none."""
    found = _UNCONFIRMED.match(result.partition(spoken.SEPARATOR)[2])
    return Contact(Kind(found["kind"]), found["value"]) if found else None
