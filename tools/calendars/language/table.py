"""What a language's table holds. A language is data: number words, spellings, and phrases in the normal text's words.

To add one: a module like ``english.py`` with a `Language`, and its row in ``languages.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Language:
    """``units`` 0-19, ``tens`` 20-90, ``ordinals`` 1-31 by word; ``same``: a word as the normal text spells it.

    ``phrases``: pattern over whole normal words, and what the normal text says instead; applied in order, once each.
    ``numbers``: single words that are a number above twenty ("dreiundzwanzig").
    """

    code: str
    units: Mapping[str, int]
    tens: Mapping[str, int]
    ordinals: Mapping[str, int]
    same: Mapping[str, str]
    phrases: tuple[tuple[str, str], ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict[str, int])
