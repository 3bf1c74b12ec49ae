"""The languages text can be read in, by tag. To add one: its module, and a row here."""

from collections.abc import Mapping

from agent.pipeline.speakable.english import ENGLISH
from agent.pipeline.speakable.german import GERMAN
from agent.pipeline.speakable.spanish import SPANISH
from agent.pipeline.speakable.table import Tongue

TONGUES: Mapping[str, Tongue] = {tongue.code: tongue for tongue in (ENGLISH, GERMAN, SPANISH)}
_MONTH_FIRST = {"en", "en-us", "en-ph"}


def tongue_of(language: str) -> Tongue | None:
    """ "de-AT" -> German; None for a language without a table: its numbers stay as they are written."""
    return TONGUES.get(language.lower().replace("_", "-").split("-")[0])


def day_first(language: str) -> bool:
    """Whether 3/4/2026 is the third of April there."""
    return language.lower().replace("_", "-") not in _MONTH_FIRST
