"""What a caller hears when something fails: one honest sentence each, none of them blaming the caller."""

from __future__ import annotations

from store.errors import NotAllowed, NotFound, TooMany, VoiceLoopError

NO_RECORDS = (
    "I'm sorry, I can't reach my records at the moment, so I can't help you right now. "
    "Please try again in a few minutes. Goodbye."
)
NO_ANSWER = "I'm sorry, something went wrong on my side. Could you say that again?"
STILL_NO_ANSWER = (
    "I'm sorry, it still does not work on my side. You can ask me something else, or try this again in a few minutes."
)
NOT_CAUGHT = "Sorry, I didn't catch that. Could you say it again?"
CANNOT_HEAR = "I'm sorry, I can't understand you at the moment. You can type to me on the page, or call again soon."
ONE_MOMENT = "One moment, please."
TAKING_LONGER = "I'm still working on it. This takes longer than usual."
GIVEN_UP = (
    "I'm sorry, I can't get that done right now. I'm still here. "
    "You can ask me something else, or try this again in a few minutes."
)
THREAD_LOST = "I'm sorry, I lost my thread. Could you ask me that again?"
VOICE_LOST = "I'm sorry, my voice failed for a moment. Could you ask me that again?"
LINE_BACK = "I'm sorry, the line broke for a moment. Could you say that again?"
TOO_LONG = "That message is too long for me. Could you put it in a few sentences?"
BACK_AGAIN = "I'm sorry, I lost the line for a moment. Please tell me again what I can do for you."
STILL_THERE = "Are you still there?"
NOBODY_THERE = "I'll hang up now, as I can't hear you. Call again any time. Goodbye."
ALL_BUSY = "All our lines are busy right now. Please try again in a few minutes. Goodbye."
MINUTES_USED = "I'm sorry, we have no call time left this month, so I can't take your call. Goodbye."
NOT_VERIFIED = (
    "I'm sorry, I can't verify whom this call is for, so I can't help you with it. Please start a new call. Goodbye."
)
NOT_IN_SERVICE = "I'm sorry, this line is not in service. Goodbye."
ONE_MINUTE_LEFT = "We have one minute left in this call."
TIME_IS_UP = "Our time is up, so I'll end the call now. Call again any time. Goodbye."

# What has to sound even when nothing else does: made into sound before the first call.
READY_SENTENCES = (
    ONE_MOMENT,
    NO_ANSWER,
    NOT_CAUGHT,
    TAKING_LONGER,
    GIVEN_UP,
    VOICE_LOST,
    THREAD_LOST,
    STILL_NO_ANSWER,
    CANNOT_HEAR,
    LINE_BACK,
    BACK_AGAIN,
    NO_RECORDS,
    STILL_THERE,
    NOBODY_THERE,
    TIME_IS_UP,
    ONE_MINUTE_LEFT,
    TOO_LONG,
    ALL_BUSY,
    MINUTES_USED,
)


def sentence_of(error: VoiceLoopError) -> str:
    """What a caller hears when the call could not begin, before it ends."""
    if isinstance(error, TooMany):
        return MINUTES_USED if error.code == "minutes_limit" else ALL_BUSY
    if isinstance(error, NotAllowed):
        return NOT_VERIFIED
    return NOT_IN_SERVICE if isinstance(error, NotFound) else NO_RECORDS
