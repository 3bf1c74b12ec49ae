"""What an event is about, who comes, and where: what is left of a request without its command and its time. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_POLITE = (
    r"hi|hello|hey|okay|ok|yes|yeah|yep|sure|please|um+|uh+|er+|well|so|and|also|then|actually|great|"
    r"right|now|no|perfect|"
    r"good (?:morning|afternoon|evening)|thanks|thank you|sorry|listen|alright|all right|there"
)
_ASKING = (
    r"(?:can|could|would|will|may) (?:you|i|we)(?: please)?|i(?: would|'d) (?:like|love|"
    r"want)(?: you)?(?: to)?|i want(?: you)?(?: to)?|i wanna|"
    r"i need(?: you)?(?: to)?|i have(?: got)? to|i've got(?: to)?|we need(?: to)?|i'm going to|let's|"
    r"let us|help me(?: to)?|i was wondering if you could|"
    r"is it possible to|would it be possible to|do you think you could|go ahead and|try to|"
    r"are you able to|i have|there's|there is|it would be great if you could|i (?:can'?t|cannot|"
    r"won'?t) (?:make(?: it)?|come|attend|need|be)(?: to| at)?|i (?:don'?t|do not) need"
)
_VERB = (
    r"(?:get rid of|call off|book|schedule|reschedule|set up|setup|set|put|add|make|create|arrange|plan|"
    r"organi[sz]e|enter|pencil|fix|get|reserve|"
    r"block off|block out|block|note|slot|have|do|move|shift|push|change|postpone|bring|cancel|delete|"
    r"remove|drop|take|scrap|"
    r"erase|clear|switch|delay|see|meet|invite|squeeze|fit)(?: me| us)?(?: in| down| up| out| off| back| forward)?"
)
_OPENING = re.compile(rf"^(?:(?:{_POLITE}|{_ASKING}|{_VERB})\b[\s,.!]*)+", re.IGNORECASE)
_DETERMINER = re.compile(
    r"^(?:(?:a|an|the|my|our|some|new|another|quick|one(?! on one)|1(?! on 1)|that|this|event|entry|for|"
    r"to|me)\b\s*)+",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"[\s,]*\b(?:(?:to|in|on|into|from|off|for) (?:my|the|our|your) (?:calendar|diary|schedule|agenda|"
    r"books?)|please|for me|for us|thanks|"
    r"thank you|if possible|if you can|instead|in there|if (?:i'm|i am|that's|that is) (?:free|possible|"
    r"okay|ok)|would you|could you|can you|okay|too|as well)[\s.,!?]*$",
    re.IGNORECASE,
)
_ECHO = re.compile(  # "the dentist, please put it in", "the call with Ben, can we move it"
    rf"[\s,]+(?:and\s+)?(?:(?:please|{_ASKING})\s+)*{_VERB}\s+(?:it|that|this|them|one)\b(?:\s+(?:in|"
    rf"down|up|out|off|on|back))*[\s.,!?]*(?:please|for me)?[\s.,!?]*$",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    rf"\b(?:{_ASKING}|maybe|please|to|could|do)\s+{_VERB}\s+(?=(?:a|an|the|my|some|another|our)\b)", re.IGNORECASE
)
# a recogniser's "Please spoke a meeting": up to three words that no title would have before its own article
_MISHEARD = re.compile(
    r"^(?:[\w'’]+[\s,.]+){1,3}(?=(?:an?|another) (?:[\w'’]+ )?(?:meeting|appointment|call|lunch|dinner|breakfast|"
    r"coffee|interview|review|visit|viewing|session|table|slot)\b)",
    re.IGNORECASE,
)
_LONG = 6
_DANGLING = re.compile(
    r"(?:^|[\s,]+)(?:no|sorry|rather|wait|like|maybe|forward|back|i mean|i meant|(?:can|could|would|"
    r"should) (?:you|we|i)|at|on|for|in|to|by|from|and|the|a|an|of|with|about|is|be|until|that|it|called|"
    r"or|but|around)$",
    re.IGNORECASE,
)
_DANGLING_FRONT = re.compile(r"^(?:at|on|in|to|by|from|and|of|is|be|until|it|or|but|for|around)\s+", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?:called|titled|named|entitled|call it|name it|title it|the title is|title is|the name is|"
    r"rename it(?: to)?|change the (?:title|name) to)\s+(.+)$",
    re.IGNORECASE,
)
_WITH = re.compile(
    r"\b(?:with|invite|inviting|and invite|including|include|plus)\s+(.+?)(?=\s+(?:about|regarding|to\s|"
    r"on|at|in|for|called|titled|from|over|re)\b|[.?!;]|,\s*not\b|\s+not\b|$)",
    re.IGNORECASE,
)
_PEOPLE_SPLIT = re.compile(r"\s*(?:,|\band\b|&|\bplus\b|\bas well as\b)\s*", re.IGNORECASE)
_NO_NAME = frozenset(
    "the my our your his her their a an some them him you it me us everyone everybody someone people "
    "team that this these those "
    "boss mom mum dad wife husband one no not yes please client customers clients friends family doctor "
    "dentist which what who".split()
)
_PLACE = re.compile(

        r"\s*\b(?:(?:in|at) ((?:the |my |our )?(?:(?:meeting |conference |board)?room \w+|office|lobby|"
        r"kitchen|board ?room|conference room|meeting room|"

        r"restaurant|gym|library|caf[eé]|bar|canteen|town hall|headquarters))|"
        r"at ((?:the )?[A-Z][\w'’]+(?: [A-Z][\w'’]+)*))(?=\s|$|[.,?!])"
)  # fmt: skip
_GENERIC = frozenset(
    "event something anything thing slot time it that this one appointment-slot calendar entry a spot "
    "booking reservation reminder note".split()
)
_REFERENCE = frozenset(
    "it that this one them event meeting appointment booking entry thing those last same again just "
    "booked back my the".split()
)
MAX_TITLE = 100
ROOM = (
    r"(?:(?:the |our |my )?(?:\w+ ){0,2}?room(?: \w+)?|(?:the |our |my )?(?:office|lobby|kitchen|restaurant|gym|"
    r"library|caf[eé]|canteen|bar|town hall|headquarters))"
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SPELLED = re.compile(r"\b([\w.+-]+) at ([\w-]+(?:(?: dot |\.)[\w-]+)+)\b(?<!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subject:
    """``title`` is empty when nothing telling was said; ``refers`` when words only point back ("it", "that one")."""

    title: str = ""
    attendees: tuple[str, ...] = ()
    location: str = ""
    refers: bool = False


def read_subject(text: str, spans: tuple[tuple[int, int], ...] = ()) -> Subject:
    """The subject of a request; ``spans`` are the parts of ``text`` that say when."""
    left = without(text, spans)
    named = _NAMED.search(left)
    attendees = read_people(left)
    place = _PLACE.search(left)
    location = ""
    if place and not named:
        location = (place.group(1) or place.group(2)).strip()
        left = left[: place.start()] + left[place.end() :]
    title = _tidy(named.group(1)) if named else _tidy(_request(left))
    words = re.findall(r"[^\W_]+", title.lower())
    if len(title) > MAX_TITLE or not words or all(word in _GENERIC for word in words):
        title = ""
    elif words[0] == "with":
        title = f"Meeting {title}"
    refers = not words or all(word in _REFERENCE for word in words)
    return Subject(_capital(title), attendees, location, refers)


def _request(text: str) -> str:
    """What is asked for, without the command around it; a long run-up is skipped ("I was thinking, maybe book a …")."""
    text = _ECHO.sub("", text.strip(" ,.!?"))
    asked = _OPENING.sub("", text, count=1)
    inside = list(_INSIDE.finditer(asked)) if len(asked.split()) > _LONG else []
    if inside:
        return asked[inside[0].end() :]
    return _MISHEARD.sub("", asked, count=1)


def read_people(text: str) -> tuple[str, ...]:
    """Names after "with" or "invite"; words that are no names ("my boss", "the team") are left out."""
    names: list[str] = []
    shouting_or_flat = text == text.lower() or text == text.upper()
    for match in _WITH.finditer(text):
        for part in _PEOPLE_SPLIT.split(_TAIL.sub("", match.group(1))):
            words = part.strip(" ,.!?").split()
            if not words or len(words) > 3 or (words[0].lower() in _NO_NAME and not _titled(words)):
                continue
            if (words[0][0].isupper() or shouting_or_flat) and words[0].isalpha():
                name = " ".join(word for word in words if shouting_or_flat or word[0].isupper())
                names.append(name.title() if shouting_or_flat else name)
    return tuple(dict.fromkeys(names))


def _titled(words: list[str]) -> bool:
    """ "Doctor Lee" is a name, "doctor" is not."""
    return words[0].lower() == "doctor" and len(words) > 1 and words[1][:1].isupper()


def read_invited(text: str) -> tuple[str, ...]:
    """Who is to be added, by name or address: "Tom and priya at example dot com"."""
    text = _SPELLED.sub(lambda said: f"{said[1]}@{re.sub(' dot ', '.', said[2], flags=re.IGNORECASE)}", text)
    addresses = tuple(one.lower() for one in _ADDRESS.findall(text))
    return tuple(dict.fromkeys((*read_people(f"with {_ADDRESS.sub(' ', text)}"), *addresses)))


def without(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    """``text`` with ``spans`` cut out."""
    kept, at = "", 0
    for start, end in sorted(spans):
        if start >= at:
            kept += text[at:start] + " "
        at = max(at, end)
    return re.sub(r"\s+([,.?!])", r"\1", re.sub(r"\s+", " ", kept + text[at:])).strip()


def with_people(title: str, old: tuple[str, ...], new: tuple[str, ...]) -> str:
    """The title after other people come: "Lunch with Anna" becomes "Lunch with Tom"."""
    people = " and ".join(new) if len(new) < 3 else f"{', '.join(new[:-1])} and {new[-1]}"
    if old and re.search(rf"\bwith {re.escape(old[0])}\b", title, re.IGNORECASE):
        return re.sub(
            rf"\bwith {re.escape(old[0])}.*?(?= about\b| regarding\b|$)", f"with {people}", title, flags=re.IGNORECASE
        )
    return title if old or not title or " with " in title else f"{title} with {people}"


def _tidy(title: str) -> str:
    title = title.strip(" ,.!?;:-\"'")
    for pattern in (_OPENING, _DETERMINER):
        title = pattern.sub("", title, count=1) if pattern is _DETERMINER else title
    for _ in range(6):
        before = title
        title = _TAIL.sub("", title).strip(" ,.!?;:-\"'")
        title = _DANGLING.sub("", title).strip(" ,.!?;:-")
        title = _DANGLING_FRONT.sub("", title)
        if title == before:
            break
    return re.sub(r"\s*,\s*", " ", title) if title.count(",") == 1 and " and " not in title else title


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
