"""Wordings that settle or favour an intent before any vector is compared. Pure.

`decisive` answers for closed classes (yes, no, thanks, …) whose sentences are short and fixed; `favoured` gives hints
that are added to similarities. To add a wording: one alternative in its pattern.
"""

from __future__ import annotations

import re

_P = r"(?:please|thanks|thank you|then|now|okay|ok|sir|madam|there|everyone|again)"
_FILL = r"(?:um+|uh+|er+|hm+|mhm|erm|ah|oh|so|well|like|you know)"


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{_FILL}\s)*(?:{pattern})(?:\s{_P})*")


_DECISIVE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("filler", re.compile(
        rf"(?:{_FILL}\s?)*|(?:just |wait |hold on |hang on |give me )*(?:a|1|one) (?:second|sec|moment|"
        rf"minute|2nd)(?: please)?|hold on|hang on|wait|let me (?:think|see|check)(?: .{{0,20}})?")),
    ("never_mind", _whole(
        r"(?:(?:no|actually|oh|okay|you know what) )*(?:never ?mind(?: (?:that|it|about (?:it|that)))?|"
        r"forget (?:it|that|about (?:it|that|the \w+)|the whole thing)|leave it(?: (?:be|then))?|skip it|"
        r"drop it|(?:just )?stop|don'?t bother|nothing|scrap that|i changed my mind|i've changed my mind|"
        r"ive changed my mind|don'?t (?:book|do|move|cancel|change) (?:it|that|anything)|do not (?:book|do|"
        r"move|cancel|change) (?:it|that|anything)|let'?s not(?: do that)?)(?: i changed my mind| after all|"
        r" any ?more)?")),
    ("goodbye", re.compile(
        r"(?:.*\b(?:good ?bye|bye ?bye|see you(?: later| soon| tomorrow| then)?|hang up|end (?:the|"
        r"this) call|talk to you (?:later|soon)|have a (?:nice|good|great|lovely) (?:day|evening|one|weekend|"
        r"night|afternoon|rest of your day))\b.*|(?:.*\s)?bye(?: now| then| for now)?|(?:(?:no|nope|okay|ok|"
        r"great|thanks|thank you|alright|perfect|well|and) )*(?:that'?s (?:all|it|everything)(?: i (?:need|"
        r"needed|wanted|have))?(?: for (?:now|today))?|that (?:is|was|will be|would be) (?:all|it|"
        r"everything)(?: i (?:need|needed|wanted))?(?: for (?:now|today))?|thatll be all|that'?ll be all|"
        r"i'?m (?:done|good|all set|fine)(?: here| for now| for today)?|im (?:done|good|all set)(?: for now|"
        r" for today)?|nothing else|no more questions|good night|so long|farewell)(?: (?:thanks|thank you|"
        r"then|so much|very much|for now|for today|for your help))*)")),
    # "cancel it" alone is a request; after a yes it only says what the yes is for
    ("yes", _whole(
        r"(?:(?:yes|yeah|yep|yup|ya|sure|okay|ok|right|correct|exactly|absolutely|definitely|certainly|"
        r"of course|perfect|great|fine|alright|all right|uh huh|mm hmm|affirmative|indeed|good|pleased?|"
        r"go ahead|go for it|do it|do that|please do|by all means|sure thing|confirm|confirmed|confirm it|"
        r"that'?s (?:right|correct|fine|good|perfect|it|great|okay|"
        r"the one)|thats (?:right|correct|fine|good|perfect|great|okay)|that (?:works|is right|is correct|"
        r"is fine|would be great|sounds good|suits me)(?: for me)?|sounds (?:good|great|fine|right|"
        r"perfect)(?: to me)?|works for me|it is|it does|i do|i am|fine by me|looks good|you got it|why not|"
        r"i'?m sure|im sure|very good|lovely|wonderful|"
        r"excellent|yes it is|of course you can)\s?)+(?:(?:and )?(?:book|move|cancel|change) (?:it|that))?")),
    ("no", _whole(
        r"(?:(?:no|nope|nah|no way|negative|not really|not quite|not yet|absolutely not|of course not|"
        r"definitely not|rather not|i'?d rather not|id rather not|i don'?t think so|i dont think so|don'?t|"
        r"dont|please don'?t|please dont|not at all|that'?s (?:wrong|not right|not correct|incorrect|not it|"
        r"not what i (?:meant|said|want|wanted|asked for))|thats (?:wrong|not right|not correct|"
        r"not what i (?:meant|said|want|wanted))|that is (?:wrong|not right|not correct)|wrong|incorrect|"
        r"none of (?:them|those|these)|neither|not (?:that|this) one|it'?s not|it isn'?t|no it isn'?t)\s?)+")),
    ("thanks", _whole(
        r"(?:(?:okay|ok|great|perfect|alright|super|wonderful|oh|good|cool|excellent|lovely|brilliant|nice|"
        r"awesome|right) )*(?:thanks|thank you|many thanks|cheers|much appreciated|i appreciate (?:it|that|"
        r"your help)|thanks a (?:lot|million|bunch))(?: (?:so much|very much|a lot|for (?:that|your help|"
        r"the help|everything|the information|letting me know)|you'?re great|that helps|that'?s helpful|"
        r"that (?:was|is) (?:very )?helpful|again|indeed))*")),
    ("greeting", _whole(
        r"(?:(?:hi|hello|hey|hey hey|good (?:morning|afternoon|evening|day)|howdy|greetings|hiya|hallo|"
        r"hello there|hi there|hey there|is (?:any ?body|any ?one|some ?one) there|can you hear me|"
        r"do you hear me|are you (?:still )?there|testing|nice to meet you|whats up|what'?s up)\s?)+")),
    ("repeat", _whole(
        r"(?:(?:sorry|pardon|excuse me|wait|okay|hm) )*(?:(?:can|could|would|"
        r"will) you (?:please )?)?(?:repeat(?: (?:that|it|the (?:last|answer|question|sentence).*|"
        r"what you (?:just )?said))?|say (?:that|it) (?:again|1 more time|one more time|once more|slower|"
        r"more slowly).*|pardon(?: me)?|come again|what did you (?:just )?say|what was that|"
        r"(?:sorry )?i (?:didn'?t|did not|couldn'?t|could not) (?:catch|hear|get|understand)(?: (?:that|it|"
        r"you|what you said).*)?|read (?:me |out )?(?:that|the|it)(?: (?:sentence|part|passage|line|bit|"
        r"quote))?(?: (?:to me|again|out|aloud|once more|out loud|for me))*|1 more time|one more time|"
        r"once more|again|what|huh|excuse me)")),
    ("time", re.compile(
        r"(?:.*\s)?(?:what(?:'?s| is)? (?:the )?(?:current )?(?:time|date|day)(?: is it|"
        r" is today)?(?: (?:now|today|right now|please|it is|today please))*|what(?:'?s| is) today'?s? date|"
        r"what day of the week is (?:it|today).*|do you (?:know|have) (?:what time it is|the time)|"
        r"tell me (?:the (?:current )?(?:time|date)|what (?:time|day) it is).*|what'?s? today'?s date|"
        r"whats today date|what is today|which day is it|what time is it .{0,12})")),
    ("human", re.compile(
        r".*\b(?:(?:talk|speak|chat|connect me|put me through|transfer me|get me|switch me|"
        r"hand me over)(?: over)? (?:to|with) (?:a |an |the |some |your |my )?(?:real |live |actual |"
        r"human )*(?:human|person|agent|representative|operator|manager|someone|somebody|supervisor|"
        r"colleague|staff|reception|receptionist|people|employee)|(?:real|actual|live) (?:human|"
        r"person)(?! or)(?=.*\b(?:want|need|please|speak|talk|get)\b)|call me back)\b.*")),
    ("smalltalk.joke", re.compile(
        r".*\b(?:tell (?:me |us )?(?:a|another|some) (?:good |funny )?jokes?|know (?:any|a) (?:good |"
        r"funny )?jokes?|make me laugh|say something funny)\b.*")),
    ("smalltalk.robot", re.compile(
        r".*\b(?:are you|am i (?:talking|speaking) (?:to|with)|is this)\b.*\b(?:robot|human|machine|"
        r"real person|real|ai|bot|computer|a person|alive|artificial|recording)\b.*")),
    ("smalltalk.who_are_you", _whole(
        r".*\b(?:who are you|what(?:s|'?s| is) your name|who am i (?:talking|speaking) (?:to|with)|"
        r"who is this|who (?:made|built|created) you|what should i call you|do you have a name)")),
    ("smalltalk.how_are_you", _whole(
        r"(?:(?:hi|hello|hey|good (?:morning|afternoon|evening)) )?(?:and )?how(?:s|'?s| are| is) (?:you|"
        r"it going|things|your day|life|everything)(?: (?:doing|today|going|been|so far|this morning|"
        r"this evening|feeling))*")),
    ("help", _whole(
        r"(?:.*\b(?:what (?:can|could) you do(?: for me)?(?: .{0,12})?|what do you do|how can you help.*|"
        r"what are (?:my|the) options|what can i (?:ask|say)(?: you)?.*|what (?:else )?(?:are you able to|"
        r"can you help).*|how does this work|what are you able to do.*|what are you good at|"
        r"what kind of (?:things|questions).*)|help(?: me)?)")),
)  # fmt: skip

_THING = (
    r"(?:meeting|call|appointment|event|lunch|dinner|breakfast|brunch|coffee|interview|review|session|"
    r"reservation|dentist|doctor|drinks|party|slot|time|block|haircut|checkup|workshop|demo|training|"
    r"stand ?up|sync|catch ?up|1 on 1|one on one|retrospective|presentation|visit)"
)
_MINE = r"(?:my|our|the|that|this|it|tomorrows?|todays?|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?)"
_NOUN_FIRST = re.compile(
    rf"^(?:hi |hello |hey |please |okay |so |and |um |uh |also )*(?!(?:move|cancel|re\w+|postpone|delete|"
    rf"drop|push|bring|shift|change|scrap|when|what|is|am|do|can|could|how|which|any)\b)(?:a |an |the |"
    rf"my |1 )?(?:new )?(?:\w+ )?{_THING}\b(?!.*\b(?:move|cancel|reschedule|postpone|delete)\b)"
    r".*\b(?:at|from|on|tomorrow|today|tonight|next|oclock|am|pm|noon)\b"
)
_HINTS: tuple[tuple[str, re.Pattern[str], float], ...] = (
    ("book", re.compile(
        rf"\b(?:book|schedule|set ?up|arrange|plan|organi[sz]e|pencil in|squeeze in|fit in|reserve|"
        rf"block(?: off| out)?|create|add|make|put|need|get|have|do|want|like)\b.*\b{_THING}\b"), 0.16),
    ("book", _NOUN_FIRST, 0.3),
    ("book", re.compile(
        r"\b(?:put|add|enter|write|note|get) .*\b(?:in|to|on|into) (?:my|the|our) (?:calendar|diary|schedule|"
        r"agenda)\b"), 0.25),
    ("book", re.compile(
        r"^(?:(?:please|can you|could you|would you|id like to|i want to|i need to|lets|okay|hi|hello|hey|"
        r"and|then) )*(?:book|schedule|arrange|pencil|block|reserve|set up)\b"), 0.22),
    ("move", re.compile(
        rf"\b(?:move|reschedule|postpone|push|shift|delay|put off|bring forward|bring|change|swap|"
        rf"switch)\b.*\b(?:{_MINE}|{_THING})\b"), 0.2),
    ("move", re.compile(r"\b(?:move|reschedule|postpone|push back|shift|push)\b"), 0.15),
    ("cancel", re.compile(
        rf"\b(?:cancel|delete|remove|call off|scrap|drop|get rid of|erase|take .* off)\b.*\b(?:{_MINE}|"
        rf"{_THING}|1|one|\d+)\b"), 0.25),
    ("cancel", re.compile(r"\b(?:cancel|call off|delete)\b(?!lation)"), 0.12),
    ("list", re.compile(
        r"\bwhats? (?:is |are )?(?:there )?(?:on|in) (?:my|the|our) (?:calendar|agenda|schedule|diary|plate)|"
        r"\bwhat(?: else)? (?:do|have) i (?:have|got)|\b(?:my|the) (?:schedule|agenda|calendar|diary|"
        r"appointments|meetings|events|day|week|plans) (?:look|for|on|today|tomorrow|this|next)|"
        r"\bdo i have (?:any|a|an|some)(?:thing|\b.*(?:meetings?|events?|appointments?|calls?|plans?))|"
        r"\b(?:next|first) (?:meeting|appointment|event|call)\b|\bwhats? (?:is )?(?:coming up|up next|"
        r"planned|scheduled)|\bam i (?:doing|meeting|seeing)"), 0.2),
    ("list", re.compile(r"\b(?:show|read|tell|give|list)(?: me)? (?:everything|all|my|the|what)\b.*"), 0.15),
    ("list", re.compile(r"\bwhen (?:is|was|do i have|am i|are we) (?:my|our|the|meeting|seeing)\b.*\b" + _THING), 0.15),
    ("find_free", re.compile(
        r"\b(?:free|available|availability|openings?|gaps?|open slots?|free slots?|fit in|busy|time for|"
        r"have time|spare time)\b.*|\bwhen (?:can|could) (?:i|we) (?:meet|fit)"), 0.14),
    ("find_free", re.compile(
        r"\b(?:gaps?|openings?|(?:free|open|available) (?:slots?|times?|hours?|afternoons?|mornings?|"
        r"evenings?))\b"), 0.2),
    ("find_free", re.compile(
        r"\b(?:am i|are we|i am|im|is) .*\b(?:free|available|busy)\b|\bwhen (?:am i|are we) (?:free|"
        r"available)|\bdo i have (?:any )?(?:free )?time\b|\bfind (?:me )?(?:a|an|some|any) (?:free|open|"
        r"available|hour|half|slot|gap|time)"), 0.22),
    ("follow_up", re.compile(
        r"^(?:and|or)?\s?(?:what|how) about\b|^and (?:on|in|at|the|for|next|this|tomorrow|today|after|monday|"
        r"tuesday|wednesday|thursday|friday|saturday|sunday)\b"), 0.35),
    ("correction", re.compile(
        r"^(?:(?:no|sorry|oh|wait|yes but|yeah but|but) )+(?!thanks|thank)\S+|^(?:actually|rather|i meant?|"
        r"make (?:it|that)|change (?:it|that|the (?:time|day|title|name|duration|length)) to|not|lets say|"
        r"lets make it|rename|call it|i said|can (?:you|we) make (?:it|that)|could (?:you|we) make (?:it|"
        r"that))\b|\binstead$|\bnot (?:with )?\w+$"), 0.22),
    ("question", re.compile(
        r"^(?:(?:okay|so|and|hi|hello|please|can you tell me|could you tell me|tell me|do you know|"
        r"i want to know|id like to know|i was wondering|whats?|by the way) )*(?:what|whats|where|wheres|why|"
        r"who|whos|which|how|does|do you|is there|are there|are|is|can i|may i|am i allowed|tell me about|"
        r"explain|look up|search)\b"), 0.1),
    ("question", re.compile(
        r"\b(?:a|another|1) (?:quick )?question\b|^(?:until|up to|since|by|from) (?:when|what time)\b"), 0.4),
    ("question", re.compile(
        r"\b(?:according to|handbook|policy|policies|manual|document|documents|contract|rules|guide|pdf|"
        r"report|file|section|chapter|wi-?fi|parking|breakfast (?:served|time)|check ?in|check ?out|"
        r"opening hours|pool|pets?|dogs?|spa|refund|warranty)\b"), 0.13),
    ("out_of_scope", re.compile(
        r"\b(?:weather|pizza|music|song|lights?|email|e-?mail|text message|timer|alarm|translate|flight|"
        r"tickets?|poem|stock|bitcoin|news|photo|shopping list|navigate|taxi|uber|spotify|recipe|remind me|"
        r"reminder|football|movie)\b"), 0.12),
)  # fmt: skip

_DAY = r"(?:day|today|tomorrow)"
_BRIEFING = re.compile(
    rf"\b(?:brief me\b|(?:my |a |the )?(?:daily |morning )?briefing\b|(?:run|walk|take) me through (?:my|the|to|mon|"
    rf"tues|wednes|thurs|fri|satur|sun)|(?:whats|what is|hows|how is|how does|what does) (?:my |the rest of my )?"
    rf"(?:{_DAY} )*(?:day )?(?:look(?:ing)?(?: like)?|like)\b)"
)
_PLACE_ASKED = re.compile(
    r"(?:(?:and|okay|oh|so|wait|actually) )*(?:(?:what|how) about (?:the |a )?(?:location|place|room)|"
    r"(?:change|set|add) (?:the |a )?(?:location|place|room))(?: please)?"
)


def asks_briefing(text: str) -> bool:
    """Whether the normal text asks what a day is like as a whole: "brief me for tomorrow"."""
    return bool(_BRIEFING.search(text))


def asks_place(text: str) -> bool:
    """Whether the normal text wants to speak of the place, without naming one: "what about the location"."""
    return bool(_PLACE_ASKED.fullmatch(text))


def decisive(text: str) -> str:
    """The intent (perhaps with a topic) that the whole normal text settles by itself, or an empty string."""
    for intent, pattern in _DECISIVE:
        if pattern.fullmatch(text):
            return intent
    return ""


def favoured(text: str) -> dict[str, float]:
    """What to add to the similarity of each intent."""
    hints: dict[str, float] = {}
    for intent, pattern, weight in _HINTS:
        if pattern.search(text):
            hints[intent] = hints.get(intent, 0.0) + weight
    return hints
