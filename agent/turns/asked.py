"""What the assistant's last sentence asks for, by its words. Pure and English; anything else asks for nothing known.

The first rule that fits decides, so the narrow ones stand first. A new kind is a member of ``Asked`` and a rule here.
"""

from __future__ import annotations

import re

from agent.turns.evidence import Asked

_SENTENCE = re.compile(r"[^.!?]*[a-z0-9][^.!?]*[.!?]*", re.IGNORECASE)
_ABBREVIATED = re.compile(r"\b([ap])\.m\.", re.IGNORECASE)
_REQUEST = re.compile(r"^(?:(?:so|and|okay|now|then|please|just|sorry|first|thanks|thank you|great|perfect)[, ]+)*")
_ASKS = re.compile(
    r"^(?:tell me|say|give me|spell|enter|type|name|describe|i(?:'ll| will)? (?:just )?need|i(?:'d| would) need"
    r"|let me have|go ahead|choose|pick|may i have|say or type|could|can|would)\b"
)
_AUXILIARY = (
    r"(?:is|are|was|were|am|do|does|did|shall|should|would|will|can|could|may|have|has|had|isn't|aren't|don't|doesn't"
    r"|won't|shouldn't|can't)"
)
_RULES: tuple[tuple[re.Pattern[str], Asked], ...] = tuple(
    (re.compile(pattern), asked)
    for pattern, asked in (
        (r"\bspell|letter by letter|\bletters\b", Asked.SPELLING),
        (r"\b(?:yes or no|is that (?:right|correct|okay|a yes))\b", Asked.YES_NO),
        (
            r"^(?:is that|was that|is it|did i (?:get|hear)|do you mean|have i got|so that's|that's|you said|you mean"
            r"|i have|i heard)\b(?!.* or )",
            Asked.YES_NO,
        ),
        (r"^(?:should|shall) i (?:send|text|e-?mail|call|mail)\b", Asked.YES_NO),
        (r"\be-?mail\b", Asked.EMAIL),
        (r"\b(?:how many|how much|how old|how long|number of)\b", Asked.CHOICE),
        (
            r"\b(?:phone|telephone|mobile|cell|account|card|booking|reference|customer|order|policy|confirmation|room"
            r"|contact|best) number|\bwhat number\b|\bdigits?\b|\bpin\b|\b(?:zip|post|postal|area|access|security) ?code"
            r"|\bpostcode\b|(?:the|your|that) (?:\w+ )?(?:code|number)\b",
            Asked.DIGITS,
        ),
        (r"\b(?:anything|something|what) else\b|\bhow (?:can|may|could) i help|\bwhat (?:can|may) i do\b", Asked.OPEN),
        (r"\b(?:which (?:one|of)|which (?!day|date|time|week|month|hour|morning))\b", Asked.CHOICE),
        (r"^" + _AUXILIARY + r"\b.*(?:,| )or\b(?! not\b)", Asked.CHOICE),
        (
            r"\b(?:your|full|first|last|family|the|what|whose|a) (?:\w+ )?(?:names?|surname)\b|\bwho am i (?:speaking|talking)"
            r"|^who\b|\bwhat should i call\b|^where\b|^for whom\b",
            Asked.NAME,
        ),
        (
            r"\b(?:what|which|other|better|good|preferred|suitable|best|new) (?:other |new |better )?(?:day|date|time|week"
            r"|month|hour|morning)s?\b|\bday (?:and|or) time\b|(?:^|\b(?:so|and|for|from|until|since|exactly|know) )when\b"
            r"|\bdate of birth\b|\bhow soon\b|\bwhat about (?:the )?time\b",
            Asked.WHEN,
        ),
        (r"^how (?:does|do) (?:that|this|it|these) (?:sound|look|suit)|^" + _AUXILIARY + r"\b", Asked.YES_NO),
        (r"\b(?:right|correct|okay|ok|yes|agreed|does it|isn't it|don't you|do you)\?$", Asked.YES_NO),
        (r"\?$|^(?:please )?(?:tell me|describe|go ahead|explain|say)\b", Asked.OPEN),
    )
)
_COUNTS = {"four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}
_HOW_MANY_DIGITS = re.compile(r"\b(?:last )?(\d{1,2}|" + "|".join(_COUNTS) + r")[- ](?:digit|numbers?|figures?)")


def asked_of(sentence: str) -> Asked:
    """What the last question in ``sentence`` (all the assistant said, or its end) wants; NOTHING when it asked nothing."""
    question = _question_in(sentence)
    if not question:
        return Asked.NOTHING
    return next((asked for pattern, asked in _RULES if pattern.search(question)), Asked.NOTHING)


def digits_asked_for(sentence: str) -> int | None:
    """How many digits the last question wants, if it says: 6 for "the six-digit code"."""
    found = _HOW_MANY_DIGITS.search(_question_in(sentence))
    if found is None:
        return None
    return _COUNTS.get(found[1]) or int(found[1])


def _question_in(text: str) -> str:
    """The last sentence that asks, lower-case, without the words before it; a hint ("you can say ...") may follow it."""
    plain = _ABBREVIATED.sub(r"\1m", text.replace("’", "'")).lower()
    sentences = [_REQUEST.sub("", found.strip()) for found in _SENTENCE.findall(plain)]
    for sentence in reversed(sentences[-3:]):
        if sentence.endswith("?") or _ASKS.search(sentence):
            return _last_part(sentence)
    return ""


def _last_part(sentence: str) -> str:
    """ "I'm free on Monday, shall I book it?" asks what its last part asks, when that is a question by itself."""
    part = re.search(r"[,:;] (?:and |so |but )?((?:" + _AUXILIARY + r"|when|what|which|who|where|how)\b [^,;:]+)$", sentence)
    return part[1] if part else sentence
