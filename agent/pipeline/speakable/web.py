"""Addresses read aloud: e-mail, web, files, handles, IP numbers. What names no one can hear (https, www) goes."""

import re

from agent.pipeline.speakable.draft import Draft
from agent.pipeline.speakable.table import Tongue

_TOP = (
    "com|org|net|info|biz|edu|gov|io|ai|app|dev|eu|de|at|ch|es|fr|it|nl|uk|us|ca|au|nz|ie|mx|example|test|local|me|tv"
)
_FILES = "pdf|docx?|xlsx?|pptx?|csv|txt|md|json|xml|html?|jpe?g|png|gif|mp3|mp4|wav|zip|ics|py|js"
_EMAIL = re.compile(r"(?<![\w.+-])(?:mailto:)?(?P<name>\w[\w.+-]*)@(?P<host>[\w-]+(?:\.[\w-]+)+)")
_LINK = re.compile(
    r"\b(?:https?://|www\.)(?:www\.)?(?P<host>[^\s/?#)>\]:,;!]*[^\s/?#)>\].:,;!?])(?::\d+)?"
    r"(?P<path>(?:[/?#][^\s)>\]]*[^\s)>\].,;:!?])?)/?",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"(?<![\w@.-])(?P<host>(?:[a-z0-9][a-z0-9-]*\.)+(?:{_TOP}))(?![\w-]|\.\w)"
    r"(?P<path>(?:/[^\s)>\]]*[^\s)>\].,;:!?])?)/?",
    re.IGNORECASE,
)
_FILE = re.compile(rf"(?<![\w@.-])(?P<name>\w[\w.-]*)\.(?P<type>{_FILES})(?![\w-])")
_HANDLE = re.compile(r"(?<![\w@])@(?P<name>[A-Za-z_]\w+)")
_IP = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]\d)")
_AS_WORDS = {"com", "org", "net", "info", "biz", "gov", "app", "example", "test", "local", "me"}
_PLAIN_PATH = re.compile(r"/([a-z]{2,14})", re.IGNORECASE)


def addresses(text: str) -> list[tuple[int, int]]:
    """From where to where (end excluded) an address reaches, so that no other rule reads a part of it."""
    return [match.span() for pattern in (_EMAIL, _LINK, _BARE, _FILE, _HANDLE) for match in pattern.finditer(text)]


def read_addresses(draft: Draft, tongue: Tongue) -> None:
    """ "info@harbour.com" -> "info at harbour dot com"; of a link the host, and a path of one plain word."""
    words = tongue.words
    draft.read(_EMAIL, lambda m: f"{_name(m['name'], tongue)} {words.at} {_host(m['host'], tongue)}")
    for pattern in (_LINK, _BARE):
        draft.read(pattern, lambda m: _host(m["host"], tongue) + _path(m["path"], tongue))
    draft.read(_FILE, lambda m: f"{_name(m['name'], tongue)} {words.dot} {_ending(m['type'])}")
    draft.read(_HANDLE, lambda m: f"{words.at} {_name(m['name'], tongue)}")
    draft.read(_IP, lambda m: f" {words.dot} ".join(" ".join(map(tongue.digit, part)) for part in m[0].split(".")))


def _path(path: str, tongue: Tongue) -> str:
    plain = _PLAIN_PATH.fullmatch(path)
    return f" {tongue.words.slash} {plain[1]}" if plain else ""


def _host(host: str, tongue: Tongue) -> str:
    *names, top = host.split(".")
    said = [_name(name, tongue) for name in names]
    last = top if top.lower() in _AS_WORDS or len(top) > 3 else " ".join(top.upper())
    return f" {tongue.words.dot} ".join([*said, last])


def _name(name: str, tongue: Tongue) -> str:
    """A part of an address: signs by name, digits one by one, what has no vowel letter by letter."""
    signs = {".": tongue.words.dot, "_": tongue.words.underscore, "-": tongue.words.dash, "+": tongue.words.plus}
    pieces = re.findall(r"[^\W\d_]+|\d+|[._+-]", name)
    return " ".join(signs.get(piece) or _piece(piece, tongue) for piece in pieces)


def _piece(piece: str, tongue: Tongue) -> str:
    if piece.isdigit():
        return " ".join(map(tongue.digit, piece))
    if len(piece) <= 4 and piece.isascii() and not re.search("[aeiouy]", piece, re.IGNORECASE):
        return " ".join(piece.upper())
    return piece


def _ending(name: str) -> str:
    return name if name in {"text", "zip", "wave"} else " ".join(name.upper())
