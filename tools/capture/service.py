"""The captures of one call: which one is open, what was confirmed, and whose words count as an answer. No LiveKit.

An answer is what the caller said after the read-back, never what a model says they said; and a yes counts only when the
value was really told aloud. What may be written anywhere is what `is_confirmed` says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from store.errors import Invalid, NotFound
from tools.capture.model import Asks, Capture, Kind, State, Step
from tools.capture.readback import told
from tools.capture.reading import read_value, volunteers
from tools.capture.rules import Place, answer, begin, entered
from tools.provenance import Provenance

CAPTURE_TOPIC = "voiceloop.capture"
_FIELDS: Mapping[Kind, str] = {
    Kind.NAME: "text",
    Kind.EMAIL: "email",
    Kind.PHONE: "tel",
    Kind.DATE: "date",
    Kind.AMOUNT: "text",
}


class Captures:
    """``place`` tells where the caller is now; ``publish(topic, payload)`` shows the page what is being taken down."""

    def __init__(
        self, words: Provenance, place: Callable[[], Place], publish: Callable[[str, dict[str, Any]], None]
    ) -> None:
        self._words, self._place, self._publish = words, place, publish
        self._open: Step | None = None
        self._asked = (0, 0)  # turns of the caller and of the assistant before the question
        self._confirmed: dict[Kind, list[str]] = {}
        self._untold: Step | None = None  # typed or keyed, and not yet told to whoever leads the conversation

    @property
    def current(self) -> Capture | None:
        """What is open, or was last."""
        return self._open.capture if self._open else None

    @property
    def asks(self) -> Asks:
        """What the open question wants to hear, for the turn policy; nothing once the caller has said something to it.

        Whatever the assistant says next without a new step (a question of the caller's own in between) asks for itself.
        """
        if self._open is None or not self._open.capture.is_open or len(self._words.heard) > self._asked[0]:
            return Asks.NOTHING
        return self._open.asks

    def is_confirmed(self, kind: Kind, value: str) -> bool:
        """Whether the caller confirmed just this value in this call."""
        return value in self._confirmed.get(kind, ())

    def confirmed(self, kind: Kind) -> str:
        """The value confirmed last; "" without one."""
        return self._confirmed.get(kind, [""])[-1]

    def begin(self, kind: Kind, said: str = "") -> Step:
        """Take down what was said, or what the caller's last sentence holds; without either it is asked for.

        With nothing said, their last sentence counts only when it plainly holds such a value.
        """
        place = self._place()
        last = self._words.heard[-1] if self._words.heard else ""
        last = last if said or volunteers(kind, last) else ""
        holds = next((one for one in (said, last) if read_value(kind, one, place.now)), said)
        return self._ask(begin(kind, holds, place))

    def answer(self) -> Step:
        """What the caller's words since the question make of it; what was typed meanwhile is the answer.

        Raises NotFound when nothing is open, and Invalid as long as the caller said nothing to it.
        """
        if self._untold is not None:
            step, self._untold = self._untold, None
            return step
        capture = self._current()
        heard, spoken = self._asked
        if len(self._words.heard) <= heard:
            raise Invalid("The caller has not answered yet.", code="not_answered")
        step = self._answered(capture, self._words.heard[heard:])
        if step.capture.state is State.CONFIRMED and not self._was_told(capture, spoken):
            return self._ask(self._open or step)
        return self._ask(step)

    def entered(self, capture_id: UUID | str, value: str) -> Step:
        """Typed in the page or keyed on the phone. Raises NotFound for a capture that is not open any more."""
        capture = self._current()
        if str(capture.id) != str(capture_id):
            raise NotFound("This is not being asked for any more.", code="nothing_to_enter")
        step = self._ask(entered(capture, value, self._place()))
        self._untold = None if step.capture.is_open else step
        return step

    def _answered(self, capture: Capture, turns: list[str]) -> Step:
        """All the caller said as one answer; when that is none, the last of it: before it they asked something else."""
        step = answer(capture, " ".join(turns), self._place())
        if len(turns) == 1 or not step.capture.is_open or step.capture.value != capture.value:
            return step
        alone = answer(capture, turns[-1], self._place())
        return alone if not alone.capture.is_open or alone.capture.value != capture.value else step

    def _current(self) -> Capture:
        if self._open is None or not self._open.capture.is_open:
            raise NotFound("Nothing is being taken down at the moment.", code="nothing_captured")
        return self._open.capture

    def _ask(self, step: Step) -> Step:
        self._open, self._untold = step, None
        self._asked = (len(self._words.heard), len(self._words.spoken))
        capture = step.capture
        if capture.state is State.CONFIRMED:
            others = [one for one in self._confirmed.get(capture.kind, ()) if one != capture.value]
            self._confirmed[capture.kind] = [*others, capture.value]
            self._words.trust(capture.value)  # spelled or keyed, it was never heard as it is written
        self._publish(
            CAPTURE_TOPIC,
            {
                "id": str(capture.id),
                "kind": capture.kind.value,
                "state": capture.state.value,
                "value": capture.value,
                "field": _FIELDS[capture.kind] if capture.is_open else "",
            },
        )
        return step

    def _was_told(self, capture: Capture, since: int) -> bool:
        """Whether the assistant's words since the question hold the value, as it is written or spelled."""
        aloud = _squashed(" ".join(self._words.spoken[since:]))
        wanted = [capture.value, told(capture.kind, capture.value, today=self._place().now.date())]
        return any(_squashed(one) in aloud for one in wanted)


def _squashed(text: str) -> str:
    """Letters and digits alone, signs of addresses by name."""
    named = text.casefold().replace("@", " at ").replace(".", " dot " if "@" in text else " ")
    return re.sub(r"\bdot\b|[^\w]|_", "", named)
