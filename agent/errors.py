"""What a caller hears when something fails: one honest sentence each, none of them blaming the caller."""

from __future__ import annotations

NO_RECORDS = (
    "I'm sorry, I can't reach my records at the moment, so I can't help you right now. "
    "Please try again in a few minutes. Goodbye."
)
NO_ANSWER = "I'm sorry, something went wrong on my side. Could you say that again?"
TOO_LONG = "That message is too long for me. Could you put it in a few sentences?"
BACK_AGAIN = "I'm sorry, I lost the line for a moment. Please tell me again what I can do for you."
STILL_THERE = "Are you still there?"
NOBODY_THERE = "I'll hang up now, as I can't hear you. Call again any time. Goodbye."
