"""What a caller's words mean while the assistant speaks: a sign of listening, or a wish to speak. Pure, English.

Word lists and one function over them; a new word needs a line in ``tests/unit/turns/interruptions.toml``.
"""

from __future__ import annotations

import re
from enum import Enum

from agent.turns.finished import words_in


class Kind(Enum):
    """From nothing to clear: later members ask for the floor more plainly."""

    NONE = "no words"
    SOUND = "um"  # a sound without meaning, or laughter written down
    LISTENING = "mm-hm"  # go on, I hear you; also the yes to a question
    HESITATION = "but"  # begins to speak, and has said nothing yet
    WORD = "Thursday"  # one word that means something, or a noise that was taken for one
    TALK = "what about Thursday"
    HALT = "stop"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SOUNDS = _words(
    "um uh uhm umm er erm eh ha haha hahaha hah heh hehe ah ahem huh cough coughs laughs laughter sighs"
    " you the a"  # what a recogniser makes of a cough or of laughter
)
_LISTENING = _words(
    "mm mmm mhm mmhm mmhmm hm hmm hmmm uhhuh aha ok okay okey right yeah yep yup yes yah ya sure fine good great nice"
    " cool perfect lovely super wow oh exactly absolutely definitely indeed true really alright understood gotcha"
    " thanks hello hi hey please brilliant wonderful excellent awesome"
)
_LISTENING_PHRASES = re.compile(
    r"\b(?:(?:uh|mm|mhm|hm|um) (?:huh|hm|hmm|mm)|all right|i see|got it|got you|makes sense|that makes sense"
    r"|of course|thank you(?: very much| so much| for watching)?|very good|very nice|sounds (?:good|great)"
    r"|that's (?:good|great|right|fine|nice)"
    r"|i understand|no problem|i know|for sure|oh (?:no|my|wow|good)|go on|go ahead"
    r"|good (?:morning|afternoon|evening))\b"
)
_HESITATION = _words("well so but and or because like i it it's if")
_HALT = _words("stop wait halt no nope actually sorry pardon excuse cancel enough wrong")
_HALT_PHRASES = re.compile(
    r"\b(?:hold on|hang on|shut up|be quiet|one (?:moment|second|minute)|just a (?:moment|second|minute)|let me"
    r"|not that|never mind|that's (?:wrong|not)|i (?:mean|meant|don't)|can you|could you|can i|may i)\b"
)
_QUESTION = _words("what when where who why how which whose")


def kind_of(text: str) -> Kind:
    """What ``text`` (everything said since the caller began to speak over the assistant) asks for."""
    words = words_in(text.replace("-", " "))
    if not words:
        return Kind.NONE
    rest = words_in(_LISTENING_PHRASES.sub(" ", " ".join(words)))
    said = " ".join(rest)
    if any(word in _HALT for word in rest) or _HALT_PHRASES.search(said):
        return Kind.HALT
    meant = [word for word in rest if word not in _SOUNDS | _LISTENING | _HESITATION]
    if len(meant) >= 2 or any(word in _QUESTION for word in rest):
        return Kind.TALK
    if meant:
        return Kind.TALK if len(rest) >= 3 else Kind.WORD
    if any(word in _HESITATION for word in rest):
        return Kind.HESITATION
    return Kind.SOUND if rest and all(word in _SOUNDS for word in rest) and len(rest) == len(words) else Kind.LISTENING


_YES_NO = re.compile(
    r"^(?:(?:and|so|okay|all right|then|now|great|perfect|just to confirm|to confirm)[, ]+)*"
    r"(?:shall|should|is|are|was|were|do|does|did|can|could|would|will|have|has|had|may|am|any) "
    r"|\b(?:right|correct|okay|yes|is that (?:right|correct|okay|all right))\?$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def asks_yes_or_no(spoken: str) -> bool:
    """Whether the last sentence of what the assistant has said so far, finished or not, wants a yes or a no."""
    return _YES_NO.search(_SENTENCE_END.split(spoken.strip())[-1]) is not None


def repeats(words: str, spoken: str) -> bool:
    """Whether ``words`` are a piece of what the assistant just said: an echo, if it is not a question back."""
    heard, own = words_in(words), words_in(spoken)
    return bool(heard) and any(own[at : at + len(heard)] == heard for at in range(len(own) - len(heard) + 1))
