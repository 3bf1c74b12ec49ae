"""Spoken dates, times, lengths and repetition, read without a model. Pure: no clock, no database.

`read` a sentence, ask what its `Reading.ask` names, `settle` the answer. The offline brain's `when` reads with the same
finders. To add a wording: a row in `clock`, `days`, `spans` or `series`; a holiday in `holidays`; a language as a table
like `english`.
"""

from tools.calendars.language.languages import LANGUAGES
from tools.calendars.language.meaning import Candidate
from tools.calendars.language.reading import Reading, read
from tools.calendars.language.settling import settle

__all__ = ["LANGUAGES", "Candidate", "Reading", "read", "settle"]
