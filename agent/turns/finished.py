"""Whether the words so far are a finished turn. Pure and English; other languages are never called unfinished.

Recognisers put a full stop after every fragment, so punctuation counts for little and the last words for much.
Answers a probability: below THRESHOLD the caller is given time to go on.
"""

import re

THRESHOLD = 0.5

_WORD = re.compile(r"[a-z0-9']+")

_FILLERS = frozenset("um uh uhm umm er erm hmm hm mm ah eh well so like okay ok right".split())
_SOUNDS = frozenset("um uh uhm umm er erm hmm hm mm ah eh".split())

# A turn that ends on one of these goes on: the next word is missing.
_DANGLING = frozenset(
    """a an the my your our their his its every another some any
    and or but because if when while unless until although since than whether then so
    to of for from with at by about into onto between during before after without under around until on in
    i i'm i'd i'll i've we we're we'd we'll you're he's she's they're it's there's that's what's who's where's
    is are was were am be been will would could should shall might must can may has have had do does did
    want need like's let's please um uh uhm umm er erm hmm very really quite
    mister mr mrs ms doctor dr professor miss
    book move schedule reschedule make arrange put add invite find send
    january february march april may june july august september october november december""".split()
)

# Words of _DANGLING that do end a turn when the words before them fit.
_COMPLETE_ENDINGS = re.compile(
    r"""(?:^|\s)(?:
      (?:come|go|move|get|carry|turn|log|sign|check|check\ me|fill|drop|put|hold|bring|call|count|look|am|is|that's)\ (?:in|on|by|over|around)
    | (?:yes|no|sure|of\ course|i|we|you|they|it|that|this|he|she|there|so|not)\ (?:is|are|was|were|am|do|does|did|will|would|can|could|should|have|has|had|may|might)
    | (?:what|who|where|how)\ (?:is|are|was)\ (?:it|that|this|he|she|there)
    | what\ (?:is|was)\ (?:it|that)\ (?:for|about|with|like)
    | (?:what|who|where|which\ \w+|how\ long|what\ \w+)\b.*\ (?:for|about|with|to|from|at|in|on|of)
    | (?:something|anything|nothing|someone|anyone|time|day|one|room|place|way|lot|that|it|what)\ (?:i|we|you|they)\ (?:want|need|have|do|am|can|could|would|will)
    | (?:i|we|you)\ (?:want|need)\ (?:it|that|this)\ to
    | (?:i'd|i\ would|we'd|we\ would|would)\ love\ to
    | (?:in|of|for|until|by|this|next|last|every)\ (?:january|february|march|april|may|june|july|august|september|october|november|december)
    | (?:yes|no)\ please | please\ do | the\ day\ after | the\ (?:day|week|month|year)\ before | and\ so\ on
    | (?:i|we)\ (?:think|guess|hope|suppose)\ so | think\ so | that's\ it\ then | bye\ then | okay\ then | (?:say|want|need)\ (?:it|this|that)
    | (?:was|is|are|were|be|been)\ (?:here|there)\ (?:before|after) | (?:once|ever|never|here|it|that)\ before
    | look\ after | find\ out | all\ of\ my
    )$""",
    re.VERBOSE,
)

_PLEASE_AT_END = re.compile(r"\w+ please$")
_SUBORDINATE_ONLY = re.compile(
    r"^(?:(?:if|because|while|unless|although)|(?:when|since|after|before|once|until) (?:i|we|you|he|she|they|it)) "
    r"(?!.*\b(?:then|can|could|will|what|how)\b)"
)
_OPEN_REQUEST = re.compile(
    r"""^(?:(?:so|um|uh|well|hi|hello|okay|yes|and|please)\ )*(?:
      (?:i'd|i\ would|we'd|we\ would|i|we)\ (?:like|want|need|wanted|love)\ to\ (?:book|make|schedule|arrange|add|put|set\ up|reserve|order|invite|know|ask|say|see|find|find\ out|check|tell)
    | (?:can|could|would|will)\ (?:you|we|i)\ (?:please\ )?(?:book|make|schedule|arrange|add|put|set\ up|reserve|move|invite|find|tell\ me|give\ me|check)
    | (?:can|could|would|will|do|did|are|is|have|has|may|shall)\ (?:you|we|i|they|it|he|she)(?:\ please)?
    | (?:my\ )?(?:phone\ |telephone\ )?(?:number|name|email|address|email\ address)(?:\ is|'s)?
    | (?:what|which|where|who|why|when|how|how\ much|how\ many|what\ time|what\ about|how\ about|what\ kind\ of|what\ kind)
    | (?:i\ was\ wondering|i\ think|i\ guess|i\ mean|you\ know|let\ me\ see|let\ me\ think|let's\ see|hold\ on|wait|one\ moment|just\ a\ second|give\ me\ a\ second)
    )$""",
    re.VERBOSE,
)
_ALONE_ENOUGH = frozenset("why when where who what how".split())


def words_in(text: str) -> list[str]:
    """Lower-case words without punctuation, curly apostrophes made straight."""
    return _WORD.findall(text.lower().replace("’", "'"))


def finished_probability(text: str) -> float:
    """How likely `text` (what one caller said so far, with or without punctuation) is a whole turn: 0.0 to 1.0."""
    words = words_in(text)
    while words and words[-1] in _SOUNDS:  # "at three, um": judged unfinished below, whatever came before
        return 0.1
    if not words or all(word in _FILLERS for word in words):
        return 0.8 if words and words[-1] in {"okay", "ok", "right"} else 0.1
    if text.rstrip().endswith(("...", "…", "-", ",")):
        return 0.2
    joined = " ".join(words)
    if len(words) == 1 and words[0] in _ALONE_ENOUGH:
        return 0.8
    if _OPEN_REQUEST.search(joined):
        return 0.15
    if _COMPLETE_ENDINGS.search(joined) or _PLEASE_AT_END.search(joined):
        return 0.9
    if words[-1] in _DANGLING:
        return 0.1
    if _short_subordinate(joined, words) or _spells_number(words):
        return 0.3
    return 0.9


def is_finished(text: str) -> bool:
    """Whether the agent may answer at once."""
    return finished_probability(text) >= THRESHOLD


def _short_subordinate(joined: str, words: list[str]) -> bool:
    """ "If it rains tomorrow" wants its main clause; a long one probably has it already, without a marker we know."""
    return len(words) <= 6 and _SUBORDINATE_ONLY.search(joined) is not None


_DIGITS = frozenset("zero oh one two three four five six seven eight nine double triple".split())


def _spells_number(words: list[str]) -> bool:
    """A phone number in the middle: three to six spoken digits at the end, and nothing but its announcement before."""
    spoken = [word for word in words if word in _DIGITS or (word.isdigit() and len(word) <= 4)]
    digits = sum(len(word) if word.isdigit() else 1 for word in spoken)
    return "number" in words and words[-1] in spoken and digits < 7
