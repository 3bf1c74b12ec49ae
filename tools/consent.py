"""Whether a sentence is a yes, in the languages a persona may be offered in. Pure.

Used to keep a model from confirming in the caller's place: wide about how people agree, strict that they do.
To add a wording: one word or phrase in CLEAR (a yes wherever it opens a sentence) or MILD (not beside a question).
"""

from __future__ import annotations

import re

CLEAR = (
    *("yes", "yeah", "yep", "yup", "ya", "yea", "aye", "sure", "ok", "okay", "absolutely", "definitely", "certainly"),
    *("of course", "uh huh", "mm hmm", "mhm", "affirmative", "indeed", "go ahead", "go for it", "do it", "do that"),
    *("please do", "by all means", "confirm", "confirmed", "book it", "book that", "move it", "move that"),
    *("cancel it", "cancel that", "change it", "you got it", "make it so"),
    # German, French, Spanish, Italian, Dutch, Portuguese
    *("ja", "jawohl", "genau", "gerne", "gern", "klar", "sicher", "stimmt", "einverstanden", "natürlich"),
    *("oui", "ouais", "d'accord", "bien sûr", "volontiers", "sí", "si", "claro", "vale", "de acuerdo"),
    *("sì", "certo", "va bene", "esatto", "graag", "akkoord", "klopt", "natuurlijk", "sim", "isso", "pode"),
    # Polish, the North, Czech, Turkish, Ukrainian
    *("tak", "dobrze", "zgoda", "oczywiście", "jasne", "javisst", "okej", "jo", "kyllä", "joo", "selvä", "ano"),
    *("dobře", "jasně", "evet", "tamam", "olur", "tabii", "так", "добре", "звичайно", "гаразд", "да", "конечно"),
)
MILD = (
    *("right", "correct", "exactly", "perfect", "great", "fine", "alright", "all right", "good", "super", "cool"),
    *("sounds good", "works", "suits", "why not", "lovely", "wonderful", "excellent", "brilliant", "it is", "it does"),
    *("i do", "i am", "that one", "richtig", "passt", "parfait", "correcto", "perfecto", "perfetto", "prima", "хорошо"),
)
ALONE = (
    "please",
    "pleased",
    "bitte",
    "bitte schön",
    "s'il vous plaît",
    "por favor",
    "per favore",
    "alstublieft",
    "proszę",
)
UNSPACED = (
    *("はい", "うん", "ええ", "お願い", "네", "예", "좋아", "맞아", "是", "好", "对", "對", "可以"),
    *("हाँ", "हां", "जी", "ठीक", "نعم", "أجل", "حسنا", "تمام"),
)
REFUSING = (
    *("no", "nope", "nah", "not", "never", "dont", "cannot", "wrong", "stop", "wait", "nein", "nicht", "kein", "keine"),
    *("non", "pas", "nunca", "não", "nao", "nee", "niet", "geen", "nie", "nej", "inte", "ikke", "nei", "ei", "ne"),
    *("hayır", "ні", "не", "нет"),
)


def _any(phrases: tuple[str, ...]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))


_LEAD = r"(?:(?:um+|uh+|er+|hm+|erm|ah|oh|so|well|and|like|you know|hi|hello|no problem|not at all)\W+)*"
_OPENS = re.compile(rf"{_LEAD}(?:(?:{_any(CLEAR)})\b|{_any(UNSPACED)})")
_AGREES = re.compile(rf"\b(?:{_any(CLEAR + MILD)})\b")
_ALONE = re.compile(rf"{_LEAD}(?:{_any(ALONE)})\W*")
_REFUSES = re.compile(rf"\b(?:{_any(REFUSING)})\b|n't\b|いいえ|아니|不|没|नहीं|لا ")
_ASKS = re.compile(r"\?|\b(?:what|when|where|who|whose|which|why not|how|tell me|read me|do you know)\b")


def says_yes(text: str) -> bool:
    """A word of agreement. One that opens the sentence outweighs a "not" behind it; a question is no yes."""
    line = " ".join(text.casefold().replace("’", "'").split())
    if _OPENS.match(line) or _ALONE.fullmatch(line) or line.startswith("why not"):
        return True
    return not _ASKS.search(line) and not _REFUSES.search(line) and bool(_AGREES.search(line))
