"""The languages that times can be said in, by their code. To add one: its table, and a row here."""

from __future__ import annotations

from collections.abc import Mapping

from tools.calendars.language.english import ENGLISH
from tools.calendars.language.german import GERMAN
from tools.calendars.language.spanish import SPANISH
from tools.calendars.language.table import Language

LANGUAGES: Mapping[str, Language] = {language.code: language for language in (ENGLISH, GERMAN, SPANISH)}
