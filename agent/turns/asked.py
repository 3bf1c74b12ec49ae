"""What the assistant's last sentence asks for, by its words. Pure and English; anything else asks for nothing known.

The first rule that fits decides, so the narrow ones stand first. A new kind is a member of ``Asked`` and a rule here.
"""

from __future__ import annotations

import re

from agent.turns.evidence import Asked

_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_SAYS_SOMETHING = re.compile(r"[a-z0-9]")
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


def _rule(asked: Asked, *any_of: str) -> tuple[re.Pattern[str], Asked]:
    return re.compile("|".join(any_of)), asked


_RULES = (
    _rule(Asked.SPELLING, r"\bspell|letter by letter|\bletters\b"),
    _rule(
        Asked.YES_NO,
        r"\b(?:yes or no|is that (?:right|correct|okay|a yes))\b",
        r"^(?:is that|was that|is it|did i (?:get|hear)|do you mean|have i got|so that's|that's|you said)\b(?!.* or )",
        r"^(?:you mean|i have|i heard)\b(?!.* or )",
        r"^(?:should|shall) i (?:send|text|e-?mail|call|mail)\b",
    ),
    _rule(Asked.EMAIL, r"\be-?mail\b"),
    _rule(Asked.CHOICE, r"\b(?:how many|how much|how old|how long|number of)\b"),
    _rule(
        Asked.DIGITS,
        r"\b(?:phone|telephone|mobile|cell|account|card|booking|reference|customer|order|policy) number",
        r"\b(?:confirmation|room|contact|best) number|\bwhat number\b|\bdigits?\b|\bpin\b|\bpostcode\b",
        r"\b(?:zip|post|postal|area|access|security) ?code|(?:the|your|that) (?:\w+ )?(?:code|number)\b",
    ),
    _rule(
        Asked.OPEN,
        r"\b(?:anything|something|what) else\b|\bhow (?:can|may|could) i help|\bwhat (?:can|may) i do\b",
    ),
    _rule(
        Asked.CHOICE,
        r"\b(?:which (?:one|of)|which (?!day|date|time|week|month|hour|morning))\b",
        r"^" + _AUXILIARY + r"\b.*(?:,| )or\b(?! not\b)",
    ),
    _rule(
        Asked.NAME,
        r"\b(?:your|full|first|last|family|the|what|whose|a) (?:\w+ )?(?:names?|surname)\b",
        r"\bwho am i (?:speaking|talking)|^who\b|\bwhat should i call\b|^where\b|^for whom\b",
    ),
    _rule(
        Asked.WHEN,
        r"\b(?:what|which|other|better|good|preferred|suitable|best|new) (?:other |new |better )?"
        r"(?:day|date|time|week|month|hour|morning)s?\b",
        r"\bday (?:and|or) time\b|(?:^|\b(?:so|and|for|from|until|since|exactly|know) )when\b",
        r"\bdate of birth\b|\bhow soon\b|\bwhat about (?:the )?time\b",
    ),
    _rule(
        Asked.YES_NO,
        r"^how (?:does|do) (?:that|this|it|these) (?:sound|look|suit)",
        r"^" + _AUXILIARY + r"\b",
        r"\b(?:right|correct|okay|ok|yes|agreed|does it|isn't it|don't you|do you)\?$",
    ),
    _rule(Asked.OPEN, r"\?$", r"^(?:please )?(?:tell me|describe|go ahead|explain|say)\b"),
)
_COUNTS = {"four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}
_HOW_MANY_DIGITS = re.compile(r"\b(?:last )?(\d{1,2}|" + "|".join(_COUNTS) + r")[- ](?:digit|numbers?|figures?)")


def asked_of(sentence: str) -> Asked:
    """What the last question in ``sentence`` (all the assistant said, or its end) wants; NOTHING when there is none."""
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
    """The last sentence that asks, lower-case, without the words before it; a hint ("you can say ...") may follow."""
    plain = _ABBREVIATED.sub(r"\1m", text.replace("’", "'")).lower()
    sentences = [found for found in _SENTENCE.findall(plain) if _SAYS_SOMETHING.search(found)]
    for sentence in (_REQUEST.sub("", found.strip()) for found in reversed(sentences[-3:])):
        if sentence.endswith("?") or _ASKS.search(sentence):
            return _last_part(sentence)
    return ""


def _last_part(sentence: str) -> str:
    """ "I'm free on Monday, shall I book it?" asks what its last part asks, when that is a question by itself."""
    part = re.search(
        r"[,:;] (?:and |so |but )?((?:" + _AUXILIARY + r"|when|what|which|who|where|how)\b [^,;:]+)$", sentence
    )
    return part[1] if part else sentence
