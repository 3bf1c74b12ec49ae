"""A step of a capture as a tool's result, FACT | NEXT MOVE, and the same read again from the text alone. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from tools import spoken
from tools.capture.model import State, Step
from tools.capture.readback import told

_CONFIRMED = re.compile(r'Confirmed as "(?P<value>[^"]*)"')
_LEFT = "Write nothing for it."


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
