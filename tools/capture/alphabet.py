"""Letters and digits as people say them: "b as in bravo", "double u", "zee", "oh", NATO and German words. Data."""

from __future__ import annotations

_NATO = (
    "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo "
    "sierra tango uniform victor whiskey xray yankee zulu"
).split()
_GERMAN = (
    "anton berta cäsar dora emil friedrich gustav heinrich ida julius kaufmann ludwig martha nordpol otto paula quelle "
    "richard samuel theodor ulrich viktor wilhelm xanthippe ypsilon zacharias"
).split()
_SOUNDS = {
    "a": "ay eh", "b": "bee be bea", "c": "cee see sea", "d": "dee", "e": "ee", "f": "eff ef", "g": "gee jee",
    "h": "aitch haitch ach", "i": "eye aye", "j": "jay", "k": "kay okay", "l": "ell el", "m": "em", "n": "en",
    "o": "oh owe", "p": "pee pea", "q": "cue queue kew", "r": "are ar", "s": "ess es", "t": "tee tea", "u": "you yu",
    "v": "vee", "w": "doubleyou dubya", "x": "ex", "y": "why wye", "z": "zee zed zet",
}  # fmt: skip
NATO = frozenset((*_NATO, *_GERMAN, "alfa", "juliett", "whisky", "x-ray"))
LETTERS: dict[str, str] = {
    **{word: word[0] for word in NATO},
    **{sound: letter for letter, sounds in _SOUNDS.items() for sound in sounds.split()},
}
SIGNS = {
    "dot": ".", "period": ".", "point": ".", "underscore": "_", "dash": "-", "hyphen": "-", "minus": "-", "plus": "+",
    "apostrophe": "'", "space": " ", "at": "@",
}  # fmt: skip
ONES = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {"nought": 0, "naught": 0, "null": 0, "niner": 9, "fife": 5}  # fmt: skip
TENS = {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
REPEATED = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
AS_IN = frozenset({"as", "for", "like", "wie"})
FILLERS = frozenset(
    "uh um er erm hm so okay ok well then and the letter letters capital upper lower case small its it's it is that's "
    "thats that spelled spelt spell please yes no sorry i'll".split()
)
BETWEEN_DIGITS = {"to": "2", "too": "2", "for": "4", "ate": "8", "won": "1", "tree": "3", "free": "3", "sex": "6"}
