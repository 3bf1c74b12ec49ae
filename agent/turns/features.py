"""What of a pause speaks for or against an end of turn, as named numbers. Pure; what each weighs is fitted.

Three groups: the words, how they answer what was asked, and what the ear has. A new feature is a line here; then run
``python -m bench.turns``, which fits its weight. In a language whose words we do not know only the ear remains.
"""

from __future__ import annotations

import math
import re
from typing import Literal

from agent.turns import endings as lists
from agent.turns.dictation import dictated
from agent.turns.evidence import Asked, Evidence
from agent.turns.finished import Reading, asks_for_a_booking, reading_of, says_when, words_in
from agent.turns.pauses import ORDINARY_WORDS_PER_S
from agent.turns.questions import asks_for_object, is_predicate, is_question, verb_missing
from agent.turns.weights import PAUSE_MEDIAN_S, PAUSE_SIGMA, pause_lasts

DICTATED = frozenset((Asked.DIGITS, Asked.EMAIL, Asked.SPELLING))
_DICTATION_SCALE = 1.4  # pauses between groups are longer than others
_ORDINARY_PAUSE_S = PAUSE_MEDIAN_S * math.exp(1.2816 * PAUSE_SIGMA)
_SURE = 5.0  # log-odds beyond which the acoustic model is not believed
_NOISE_FROM_DB, _NOISE_TO_DB = -20.0, -5.0
_BELOW_CALLER_DB = -6.0  # sound this far below the caller is not the caller
_WORDS_SETTLED_S = 0.5  # words that stay the same for so long are all there are
_UNSETTLED = 0.4  # how much words count that are not yet all


def features_of(evidence: Evidence) -> dict[str, float]:
    """The features of one pause by name; those that are absent are 0. Silence makes none smaller but ``silence``."""
    found = {"constant": 1.0, **_of_sound(evidence)}
    if not evidence.language.lower().startswith("en"):
        return found | {"unknown_language": 1.0, "acoustic_alone": found.get("acoustic", 0.0)}
    settled = 1.0 if evidence.whole else min(1.0, max(_UNSETTLED, evidence.unchanged_s / _WORDS_SETTLED_S))
    for name, value in word_features(evidence.words, evidence.asked, evidence.digits).items():
        found[name] = value * settled
    if settled < 1.0:
        found["unsettled"] = 1.0 - settled
    return found


def quiet_s(evidence: Evidence) -> float:
    """Seconds without the caller: silence, or in steady noise below the caller's level the time without a new word."""
    if evidence.level_db is None or evidence.level_db > _BELOW_CALLER_DB:
        return max(0.0, evidence.silence_s)
    return max(0.0, evidence.silence_s, evidence.unchanged_s - _WORDS_SETTLED_S)


def pause_scale(evidence: Evidence) -> float:
    """How long this caller's pauses are here, against the ordinary: own habit, speed, and what is being dictated."""
    scale = _DICTATION_SCALE if evidence.asked in DICTATED else 1.0
    return scale * _habit(evidence)


def word_features(words: str, asked: Asked, digits: int | None = None) -> dict[str, float]:
    """The features of English words after a question of the kind ``asked``."""
    reading, said = reading_of(words), words_in(words)
    if reading is Reading.DANGLING and asked in DICTATED and len(said[-1]) == 1:
        reading = Reading.WHOLE  # "a" and "i" are letters here
    if reading is Reading.DANGLING and asks_for_object(said):
        reading = Reading.WHOLE
    elif reading is Reading.WHOLE and _lacks_more(said, asked):
        reading = Reading.DANGLING
    found = {str(reading): 1.0} if reading is not Reading.WHOLE else {}
    if said:
        found |= _of_ending(said, reading) | _of_shape(said, reading)
    if said and words.rstrip()[-1] not in ".?!":
        found["no_full_stop"] = 1.0
    found |= _of_answer(words, said, reading, asked, digits)
    if asked is Asked.CHOICE and len(said) <= 2:
        found.pop("modifier", None)  # "the second"
    if "introduced" in found:
        found.pop("statement", None)
    return found


def _habit(evidence: Evidence) -> float:
    scale = 1.0
    if evidence.pause_s is not None and evidence.pause_s > 0:
        scale *= min(1.8, max(0.6, evidence.pause_s / _ORDINARY_PAUSE_S))
    if evidence.words_per_s is not None and evidence.words_per_s > 0:
        scale *= min(1.25, max(0.85, math.sqrt(ORDINARY_WORDS_PER_S / evidence.words_per_s)))
    return scale


def _of_sound(evidence: Evidence) -> dict[str, float]:
    lasts = pause_lasts(quiet_s(evidence), pause_scale(evidence))
    found = {"silence": -math.log(max(lasts, 1e-6)), "pausing": math.log(_habit(evidence))}
    level = _NOISE_FROM_DB if evidence.level_db is None else evidence.level_db
    noise = min(1.0, max(0.0, (level - _NOISE_FROM_DB) / (_NOISE_TO_DB - _NOISE_FROM_DB)))
    if evidence.acoustic is not None:
        found |= {"acoustic": _log_odds(evidence.acoustic) * (1 - 0.6 * noise), "acoustic_known": 1.0}
    return found


def _log_odds(chance: float) -> float:
    chance = min(max(chance, 1e-6), 1 - 1e-6)
    return min(_SURE, max(-_SURE, math.log(chance / (1 - chance))))


def _of_ending(said: list[str], reading: Reading) -> dict[str, float]:
    """What the last words are."""
    last = said[-1]
    joined = " ".join(said)
    flags = {
        "closing": lists.CLOSINGS.search(joined) is not None and reading is not Reading.SUBORDINATE,
        "stalling": lists.STALLING.search(joined) is not None and not asks_for_object(said),
    }
    if reading is Reading.DANGLING:
        flags["dangling_hard"] = last in lists.DANGLING_HARD
    if reading is Reading.WHOLE:
        flags |= {
            "modifier": last in lists.MODIFIERS and not is_predicate(said),
            "wants_object": last in lists.WANTS_OBJECT and len(said) > 1 and not asks_for_object(said),
            "ends_in_time": last in lists.TIME_WORDS or last[0].isdigit(),
        }
    return _set(flags)


def _of_shape(said: list[str], reading: Reading) -> dict[str, float]:
    """What kind of sentence it is, and how far along."""
    if reading not in (Reading.WHOLE, Reading.CLOSED):
        return {}
    count, booking = len(said), asks_for_a_booking(said)
    moving = next((place for place, word in enumerate(said) if word in _MOVES), count)
    question, lacking = is_question(said), verb_missing(said)
    flags = {
        "question": question and not lacking,
        "short_question": question and not lacking and count <= 5,
        "verb_missing": lacking,
        "booking_without_time": booking and not says_when(said),
        "booking_with_time": booking and says_when(said),
        "statement": not question and not booking and _states(said),
        "move_without_target": moving < count and not any(word in _TARGETS for word in said[moving:]),
        "half_pair": any(one in said and other not in said for one, other in _PAIRS) and count < 6,
        "greeting": all(word in lists.GREETINGS for word in said),
        "one_word": count == 1,
        "two_words": count == 2,
    }
    return _set(flags) | {"long": 0.0 if lacking else min(count, 12) / 12}


def _of_answer(words: str, said: list[str], reading: Reading, asked: Asked, digits: int | None) -> dict[str, float]:
    """Whether the words are what the question wanted."""
    part = dictated(asked, words, digits)
    if part is not None and part.started:
        done = "number_done" if asked is Asked.DIGITS and digits is None else "dictated"
        return {"missing": part.missing, "dictating" if part.missing > 0 else done: 1.0}
    going_on = reading not in (Reading.WHOLE, Reading.CLOSED, Reading.ASSENT, Reading.ALONE)
    if not said or going_on:
        return {}
    short = len(said) <= 4
    if asked is Asked.YES_NO:
        plain = _plain_answer(said)
        return _set(
            {"bare_yes_no": plain, "yes_no_and_more": not plain and said[0] in _YES_NO, "open_answer": not plain}
        )
    if asked is Asked.WHEN:
        day, clock = _says_day(said), _says_clock(said)
        return _set({"day_and_time": day and clock, "day_or_time": day != clock, "no_time": not day and not clock})
    if asked in (Asked.NAME, Asked.CHOICE):
        introduced = asked is Asked.NAME and _INTRODUCED.search(" ".join(said)) is not None
        return _set({"short_answer": short, "one_word_answer": len(said) == 1, "introduced": introduced})
    if asked is Asked.OPEN:
        return _set({"open_and_short": short and said[0] not in _YES_NO, "open_yes": short and said[0] in _YES_NO})
    return {}


_INTRODUCED = re.compile(
    r"(?:name is|name's|this is|it's|it is|i'm|i am|under|for) (?:mister |mrs |ms |doctor )?\w+(?: \w+){1,2}$"
)
_SUPERLATIVE = re.compile(r"\b(?:the|your|our) \w{3,}est$")
_MOVES = frozenset("move reschedule push shift postpone change swap".split())
_TARGETS = frozenset("to by until back forward later earlier instead at it".split())
_PAIRS = (("from", "to"), ("between", "and"), ("either", "or"))
_SUBJECTS = frozenset("i we i'm i've i'd we're it it's my our he she they there there's well so".split())
_FRONTED = frozenset("on at in after before for with from because when since next last first this".split())
_ONLY_WHEN = frozenset("after before during".split())
# a question or a request within the sentence: "my flight is late, can I...", "at what time can I"
_WISHES = re.compile(
    r"\b(?:would like|'d like|want|need|what time|(?:can|could|do|does|did|is|are|may|will|would|should|shall)"
    r" (?:i|we|you|they|he|she|it|there))\b"
)
_YES_NO = lists.ASSENTS | lists.DENIALS
_POLITE = frozenset(
    "please thanks thank you it that that's it's is ok okay right go ahead do book of course i do".split()
)


def _states(said: list[str]) -> bool:
    """A sentence that asks for nothing: "I have a dog", "On Friday I come by car"."""
    fronted = said[0] in _FRONTED and any(word in _SUBJECTS for word in said[1:6])
    return len(said) > 3 and (said[0] in _SUBJECTS or fronted) and _WISHES.search(" ".join(said)) is None


def _lacks_more(said: list[str], asked: Asked) -> bool:
    """ "Can you look up", "where is the nearest", "after the meeting": what matters is still to come."""
    joined, unasked = " ".join(said), asked in (Asked.NOTHING, Asked.OPEN)
    if lists.PARTICLE_WANTS_OBJECT.search(joined) or (said[0] != "which" and _SUPERLATIVE.search(joined)):
        return True
    return unasked and said[0] in _ONLY_WHEN and len(said) <= 6 and not any(word in _SUBJECTS for word in said)


def bare_answer(words: str) -> Literal["yes", "no", ""]:
    """Which of the two, when nothing else was said: "Yes.", "No, no"; "" for "Yes, please" and everything more."""
    said = set(words_in(words))
    if said and said <= lists.DENIALS:
        return "no"
    return "yes" if said and said <= lists.ASSENTS else ""


def _plain_answer(said: list[str]) -> bool:
    """ "Yes", "yes please", "that's right": an answer without anything new."""
    known = _YES_NO | _POLITE
    return len(said) <= 4 and any(word in _YES_NO for word in said) and all(word in known for word in said)


def _says_day(said: list[str]) -> bool:
    return any(
        word in lists.DAY_WORDS or (word[0].isdigit() and word[-2:] in ("st", "nd", "rd", "th")) for word in said
    )


def _says_clock(said: list[str]) -> bool:
    return any(
        word in lists.CLOCK_WORDS or word in lists.NUMBER_WORDS or word.isdigit() or _is_clock(word) for word in said
    )


def _is_clock(word: str) -> bool:
    return word[0].isdigit() and word.endswith(("am", "pm"))


def _set(flags: dict[str, bool]) -> dict[str, float]:
    return {name: 1.0 for name, is_set in flags.items() if is_set}
