"""The English words and patterns finished.py looks for. Data only; a new one needs a line in its test."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _any_of(*alternatives: str) -> str:
    return "(?:" + "|".join(alternatives) + ")"


_MONTHS = "january february march april may june july august september october november december"
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve"
_DAYS = "monday tuesday wednesday thursday friday saturday sunday"

SOUNDS = _words("um uh uhm umm er erm hmm hm mm ah eh")
FILLERS = SOUNDS | _words("well so like okay ok right")
DIGITS = _words("zero oh one two three four five six seven eight nine double triple")
ALONE_ENOUGH = _words("why when where who what how")
TIME_WORDS = _words(
    _MONTHS + " " + _DAYS + " today tomorrow tonight yesterday now noon midnight morning afternoon evening night week"
    " weekend month one two three four five six seven eight nine ten eleven twelve o'clock later soon asap"
)

# A turn that ends on one of these goes on: the next word is missing.
DANGLING = _words(
    """
    a an the my your our their his its every another some any very really quite
    and or but because if when while unless until although since than whether then so
    to of for from with at by about into onto between during before after without under around on in
    i i'm i'd i'll i've we we're we'd we'll you're he's she's they're it's there's that's what's who's where's let's
    is are was were am be been will would could should shall might must can may has have had do does did
    want need please mister mr mrs ms doctor dr professor miss
    book move schedule reschedule make arrange put add invite find send
    """
    + _MONTHS
)

# The dangling ones after which hardly any turn ends, whatever stands before.
DANGLING_HARD = _words(
    """
    a an the my your our their its every very really quite and or but because if while unless although than whether
    to of for from with at by into onto between during i i'm i'd i'll i've we we're we'd we'll you're he's she's they're
    it's there's that's what's who's where's let's need want
    """
)

# Words after which a noun is likely missing ("my dentist", "next"), and verbs that want an object ("cancel").
MODIFIERS = _words(
    "next last early late new old good free half quarter whole full first second phone mobile email dentist doctor's"
    " hotel meeting's team weekly daily monthly same other own big small long short quick different another best two"
    " three few couple kind opening swimming credit check parking notice conference video birthday"
)
WANTS_OBJECT = _words(
    "cancel delete remove change push shift swap get take use bring allow say show read see like know check give let"
    " call name ask speak talk look pay keep leave cost costs much many find reach connect contain include includes"
    " offer provide serve order buy pick mean think wonder believe block cover covers"
)
# "can you look up": what, is still to come
PARTICLE_WANTS_OBJECT = re.compile(
    r"\b(?:look(?:ing)? (?:up|for|at)|find out|tell me(?: more)? about|talk about|set up)$"
)

ASSENTS = _words(
    "yes yeah yep yup sure correct exactly right absolutely definitely okay ok perfect great fine certainly"
)
DENIALS = _words("no nope nah not don't never wrong")
CLOSINGS = re.compile(
    r"(?:^|\s)"
    + _any_of(
        r"thank you(?: \w+){0,3}|thanks(?: \w+)?|cheers|(?:good)?bye",
        r"(?:that's|that is|that was) (?:it|all|everything|right|correct|fine|perfect)",
        r"(?:never mind|forget it|go ahead|do it|book it|sounds good|that works|no problem)",
        r"(?:good|nice) to know",
    )
    + "$"
)
GREETINGS = _words("hello hi hey good morning evening afternoon day there everyone")
# The caller is looking for words, or has just taken something back.
STALLING = re.compile(
    r"(?:^|\s)"
    + _any_of(
        r"(?:no |oh |but )?(?:wait|sorry|rather)|(?:hold|hang) on(?: a \w+)?",
        r"(?:one|just a|give me a) (?:second|moment|sec|minute)|let's see",
        r"let me (?:see|think|check|look|look it up|have a look|get it)",
        r"how (?:should|shall|do) i (?:say|put)(?: it| this)?|what's it called|you know|i mean|i meant",
        r"i (?:think|believe|guess|suppose)|it depends|maybe|perhaps|i'd (?:say|prefer|take)",
        r"(?:the )?thing is(?: that)?|the problem is(?: that)?|one more thing|it's (?:just|me again|about)",
        r"(?:forgot|wanted|like) to (?:ask|say)",
    )
    + "$"
)
DAY_WORDS = _words(
    _MONTHS.replace(" may", "")
    + " "
    + _DAYS
    + " today tomorrow tonight yesterday weekend week month first second third fourth"
    " fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth"
    " eighteenth nineteenth twentieth thirtieth now asap whenever"
)
CLOCK_WORDS = _words("noon midnight o'clock am pm morning afternoon evening lunchtime anytime half quarter")
NUMBER_WORDS = _words(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"
)

_VERB_TO_BE = _any_of(
    *sorted(_words("is are was were am do does did will would can could should have has had may might"))
)
_SUBJECT = _any_of(*sorted(_words("yes no sure i we you they it that this he she there so not")), "of course")
_PHRASAL = _any_of(
    *sorted(_words("come go move get carry turn log sign check fill drop put hold bring call count look am is that's"))
)

# Turns that do end on a dangling word because of the words before it.
COMPLETE_ENDINGS = re.compile(
    r"(?:^|\s)"
    + _any_of(
        _PHRASAL + r" (?:in|on|by|over|around)",
        _SUBJECT + " " + _VERB_TO_BE,
        r"(?:what|who|where|how) (?:is|are|was) (?:it|that|this|he|she|there)",
        r"(?:what|who|where|which \w+|how long|what \w+)\b.* (?:for|about|with|to|from|at|in|on|of)",
        r"(?:something|anything|nothing|someone|anyone|time|day|one|room|place|way|lot|that|it|what)"
        r" (?:i|we|you|they) (?:want|need|have|do|am|can|could|would|will)",
        r"(?:i|we|you) (?:want|need) (?:it|that|this) to",
        r"(?:i'd|i would|we'd|we would|would) love to",
        r"(?:in|of|for|until|by|this|next|last|every) " + _any_of(*_MONTHS.split(" ")),
        r"(?:\d{1,2}(?:st|nd|rd|th)?|first|second|third|\w+th) (?:of )?" + _any_of(*_MONTHS.split(" ")),
        r"(?:yes|no) please|please do|the day after|the (?:day|week|month|year) before|and so on",
        r"(?:i|we) (?:(?:don't |do not )?(?:think|guess|hope|suppose|believe)) so|not (?:really|quite|very|yet|at all)",
        # "where the nearest pharmacy is": the verb of a question within a sentence comes last
        r"(?:where|who|how \w+|what time) (?:the|my|your|our|this|that) (?:\w+ ){1,4}(?:is|are|was|were)",
        r"(?:it|that|this|bye|okay|mind|one|fine|alright|no|yes) then|(?:put|fill|pencil|let|bring) (?:\w+ )in",
        r"(?:\d{1,2}|" + "|".join(_NUMBERS.split()) + r"|thirty|fifteen|forty five) (?:[ap] m|am|pm)",
        r"(?:what|which) (?:\w+ ){1,2}(?:do|does|did|should|would|can|will) (?:i|we|you|they|it)"
        r" (?:need|want|have|do|send|book)",
        r"(?:say|want|need) (?:it|this|that)|(?:here|there|once|ever|never|it|that) before|look after",
    )
    + "$"
)

SUBORDINATE_ONLY = re.compile(
    r"^(?:(?:if|because|while|unless|although)|(?:when|since|after|before|once|until) (?:i|we|you|he|she|they|it)) "
    r"(?!.*\b(?:then|can|could|will|what|how)\b)"
)

# Beginnings of a request or question that say nothing yet.
_VERBS = _any_of(
    *sorted(_words("book make schedule arrange add put reserve order invite know ask say see find check tell move")),
    *("reschedule", "set up", "find out", "tell me", "give me"),
)
OPEN_REQUEST = re.compile(
    r"^(?:(?:so|um|uh|well|hi|hello|okay|yes|and|please) )*"
    + _any_of(
        r"(?:i'd|i would|we'd|we would|i|we) (?:like|want|need|wanted|love) to " + _VERBS,
        r"(?:i'd|i would|we'd|we would) like(?: to)?",
        r"(?:can|could|would|will) (?:you|we|i) (?:please )?" + _VERBS,
        r"(?:can|could|would|will|do|did|are|is|have|has|may|shall) (?:you|we|i|they|it|he|she)(?: please)?",
        r"(?:my )?(?:phone |telephone )?(?:number|name|email|address|email address)(?: is|'s)?",
        r"(?:what|which|where|who|why|when|how|how much|how many|what time|what about|how about|what kind(?: of)?)",
        r"i was wondering|i think|i guess|i mean|you know|let me (?:see|think)|let's see|hold on|wait",
        r"one moment|(?:just )?a second|give me a second",
    )
    + "$"
)

# "could you tell me what time breakfast", "I want to know whether the": a question within a sentence, not yet asked.
OPEN_QUESTION = re.compile(
    r"\b(?:tell me|know|look up|find out|check|see|wondering|ask(?: you)?)(?: for me)?"
    r"(?: (?:at |in |for )?(?:what|which)(?: time| day)?| how(?: (?:much|many|long|far|late|early|soon))?"
    r"| when| where| who| whether| if| why)(?: \w+)?$"
    r"|^please tell me$|(?:\w+ ){3}(?:at what time|what time|how much|how many|whether)$"
)

# Requests that people often complete after a breath.
REQUEST = re.compile(r"\b(?:book|schedule|arrange|set up|reserve|reschedule|remind me|put|plan)\b")
