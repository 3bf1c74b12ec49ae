"""Whether a question already has its verb: "how much does parking" has not. Pure, English, lists of words only."""

from __future__ import annotations

import re

_HELPING = frozenset(
    "do does did can could will would should may might shall have has is are was were am isn't aren't".split()
)
_BE = frozenset("is are was were am isn't aren't".split())
_LIGHT = frozenset(
    "the a an my your our his her their its these those any some please still also just very really next".split()
)
_ASKING = frozenset("what which where who why when how whose what's where's when's who's how's".split())
_BEFORE = frozenset("so well and but okay ok um uh hi hello yes sorry thanks then also oh".split())
_SUBJECT_HAS = _BE | {"has", "have", "had"}  # "which of the rooms has a kitchen": it asks for its subject
_WHERE_IT_DOES = re.compile(r"\b(?:where|when|why) (?:the|my|your|our) (?:\w+ ){1,3}\w+[^s\W]s$")
_VERBS = _HELPING | frozenset(
    """
    cost costs open opens close closes start starts leave leaves end ends take takes need needs want get gets go
    goes work works come comes arrive arrives run runs depart departs include includes allow allows mean means
    begin begins pay park serve serves find call bring cancel use eat stay reach to it's that's i'm you're
    there's they're we're i'll i'd
    """.split()
)
_INSIDE = re.compile(
    r"\b(?:tell me|know|look up|find out|check|(?<!let me )(?<!let's )see|wondering|ask|asking|remember|explain|say)"
    r"\b.*?\b(?:whether|weather|if|how (?:much|many|long|far|late|early|soon|often)|(?:what|which)(?: \w+)?|when"
    r"|where|why|who)"
    r"\b(?P<rest>.*)$"
)


def verb_missing(said: list[str]) -> bool:
    """Whether these words (lower-case) ask something, by themselves or within a sentence, and lack their verb."""
    said = _from_question(said)
    joined = " ".join(said)
    inside = _INSIDE.search(joined)
    if inside is not None and said[0] not in _ASKING:
        if _WHERE_IT_DOES.search(joined):  # "where the spare key hangs"
            return False
        return not any(word in _VERBS or word.endswith("ed") for word in inside["rest"].split())
    helping = next((place for place, word in enumerate(said[:5]) if word in _HELPING), None)
    if helping is None or not (said[0] in _ASKING or helping == 0):
        return False
    rest = [word for word in said[helping + 1 :] if word not in _LIGHT]
    enough = 1 if said[helping] in _SUBJECT_HAS and said[0] in _ASKING else 2
    return len(rest) < enough


def is_question(said: list[str]) -> bool:
    """Whether they begin like one: "is there parking", "how late can I check in"."""
    said = _from_question(said)
    return len(said) > 1 and (said[0] in _ASKING or said[0] in _HELPING)


def _from_question(said: list[str]) -> list[str]:
    """Without what only leads up to it: "so, um, what does a taxi cost"."""
    led = next((place for place, word in enumerate(said) if word not in _BEFORE), 0)
    return said[led:]


_DETERMINES = _LIGHT - {"please", "still", "also", "just"} | {"there", "another", "one", "no"}


def is_predicate(said: list[str]) -> bool:
    """ "Is the internet free": no noun is missing after the adjective, as it is in "is there a free"."""
    said = _from_question(said)
    return len(said) > 2 and said[0] in _BE and said[1] != "there" and said[-2] not in _DETERMINES


_OF_OBJECT = re.compile(
    r"\b(?:what|which|who|how (?:many|much))\b.*\b(?:do|does|did|can|could|should|will|would) (?:\w+ ){1,3}"
    r"(?:have|know|take|need|want|use|offer|serve|provide|recommend|mean|include|do|get|pay|bring|cost|contain|call)$"
    r"|\bwhat(?:'s| is| are| was| will| would)?\b.*\blike$"
)


def asks_for_object(said: list[str]) -> bool:
    """ "How many rooms does the house have", "which documents do you know": nothing is missing after the verb."""
    return _OF_OBJECT.search(" ".join(said)) is not None
