"""Recognitions in which the model got stuck and wrote one piece for ever: found, heard again in halves, else cut off.

Pure: the model is given, a call's or a recording's. What people do say again and again (numbers, "no no no") is no
loop; agent/pipeline/hypotheses.py judges guesses that are only shown, more strictly.
"""

import re
from collections.abc import Callable

from tools.quiet import SAMPLE_RATE, Samples, quietest_place

Decode = Callable[[Samples], str]
SAID_MOST, NUMBER_SAID_MOST = 6, 8  # times; "4242 4242 4242 4242" is eight times "four two"
WORTH_HALVING_S = 1.0
_MIDDLE = 0.3, 0.7  # of the audio: where it may be cut
_REPEATED = re.compile(r"(.{1,20}?)\1{6,}|(?<!\S)((?:\S+\s){1,12}?)\2{6,}", re.IGNORECASE | re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")
_NUMBER = re.compile(r"(?:\d|\b(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine)\b|[\s,-])+", re.IGNORECASE)


def without_loops(text: str) -> str:
    """`text` without its loops; `text` itself when it has none. Of a piece with letters the first one stays."""
    kept, end, padded = list[str](), 0, text + " "  # so that the last word is like those before it
    for found in filter(_is_loop, _REPEATED.finditer(padded)):
        piece, rest = _piece(found), padded[found.end() :].strip()
        kept += [padded[end : found.start()], piece if _LETTER.search(piece) else " "]
        end = found.end()
        if _is_start(rest, piece):  # the last one, at which the model was stopped
            end = len(padded)
    return re.sub(r"\s+", " ", "".join([*kept, padded[end:]])).strip() if kept else text


def heard_without_loops(samples: Samples, decode: Decode) -> str:
    """What `decode` makes of 16 kHz `samples`; of a loop, what it makes of the two halves, without their loops."""
    text = decode(samples)
    if (rest := without_loops(text)) == text:
        return text
    seconds = len(samples) / SAMPLE_RATE
    if seconds < WORTH_HALVING_S:
        return rest
    cut = quietest_place(samples, _MIDDLE[0] * seconds, _MIDDLE[1] * seconds)
    halves = [without_loops(decode(half)) for half in (samples[:cut], samples[cut:])]
    return " ".join(filter(None, halves))


def _piece(found: re.Match[str]) -> str:
    return str(found[1] or found[2])


def _is_loop(found: re.Match[str]) -> bool:
    piece = _piece(found)
    most = NUMBER_SAID_MOST if _NUMBER.fullmatch(piece) else SAID_MOST
    return bool(piece.strip()) and len(found[0]) > most * len(piece)


def _is_start(rest: str, piece: str) -> bool:
    return piece.strip().lower().startswith(rest.lower())
