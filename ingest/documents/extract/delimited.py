"""Tables as text (CSV, TSV): a line a row, with the column's name before each value. Delimiter and header are found."""

from __future__ import annotations

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ingest.documents.encodings import decode_text
from ingest.documents.extract.characters import bounded, clean, spelled_by_tags
from ingest.documents.extract.progress import report
from ingest.documents.extract.rows import rows_as_text
from ingest.documents.model import BadDocument, Extracted, Limits
from ingest.documents.textlines import Line, page_of

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 50
_SAMPLE_CHARACTERS = 100_000
_MOST_COLUMNS = 16_384
_REPORT_EVERY = 2000


def extract_csv(content: bytes, limits: Limits) -> Extracted:
    """Raises BadDocument: too_many_columns, too_long, binary_content."""
    text = bounded(decode_text(content), limits)
    hidden = spelled_by_tags(text)
    csv.field_size_limit(limits.characters)
    try:
        lines = list(_lines(clean(text), limits))
    except csv.Error as error:
        raise BadDocument("This table cannot be read: a quoted cell does not end.", code="broken_file") from error
    return Extracted((page_of(lines),), hidden=hidden)


def _lines(text: str, limits: Limits) -> Iterator[Line]:
    delimiter = ""
    if text[:4].lower() == "sep=":  # a line Excel writes and reads
        first, _, text = text.partition("\n")
        delimiter = first[4:5]
    delimiter = delimiter or find_delimiter(text[:_SAMPLE_CHARACTERS])
    rows = csv.reader(io.StringIO(text), delimiter=delimiter)
    characters = 0
    for number, line in enumerate(rows_as_text(_narrow(rows))):
        characters += len(line)
        if characters > limits.characters:
            raise BadDocument(f"It holds more than {limits.characters:,} characters. Split it.", code="too_long")
        if number % _REPORT_EVERY == 0:
            report(min(0.95, characters / max(1, 2 * len(text))))
        yield Line(line)


def _narrow(rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    for row in rows:
        if len(row) > _MOST_COLUMNS:
            raise BadDocument(f"This table has more than {_MOST_COLUMNS:,} columns. Split it.", code="too_many_columns")
        yield row


def find_delimiter(sample: str) -> str:
    """The one that cuts most rows into the same number of cells, more than one; a comma when none does."""
    best, most = ",", 0.0
    for delimiter in _DELIMITERS:
        rows = _sample_rows(sample, delimiter)
        counts = Counter(len(row) for row in rows if any(row))
        if not counts:
            continue
        cells, times = max(counts.items(), key=lambda item: (item[1], item[0]))
        score = times / counts.total() + min(cells, 50) / 1000 if cells > 1 else 0.0
        if score > most:
            best, most = delimiter, score
    return best


def _sample_rows(sample: str, delimiter: str) -> Sequence[Sequence[str]]:
    try:
        return list(itertools.islice(csv.reader(io.StringIO(sample), delimiter=delimiter), _SAMPLE_ROWS))
    except csv.Error:
        return []
