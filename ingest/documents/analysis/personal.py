"""Which personal data a document holds: how many of each kind, where, and samples with all but their ends masked. Pure.

Values leave this module masked, always. Numbers count only when their check digits are right. To add a kind: a row.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ingest.documents.analysis import checksums
from ingest.documents.analysis.model import PersonalData
from ingest.documents.model import Extracted

LOOKED_AT = 2_500_000  # characters
_SAMPLES = 3
_PAGES = 20


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None


_MONTH = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?"
    r"|sep(?:tember)?"
    r"|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)"
)
_YEAR = r"(?:19|20)\d\d"
_DATE = (
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-](?:19|20)?\d\d|{_YEAR}-\d\d-\d\d|\d{{1,2}}\.? {_MONTH}\.?,? {_YEAR}"
    rf"|{_MONTH} \d{{1,2}},? {_YEAR})"
)
_BORN = (
    r"(?:born(?: on)?|date of birth|birth ?date|birthday|d\.?o\.?b\.?|geboren(?: am)?|geb\.|geburtsdatum|née? le"
    r"|date de naissance"
    r"|nacid[oa] el|fecha de nacimiento|nat[oa] il|data di nascita|geboortedatum|data de nascimento)"
)
_HEALTH = (
    r"(?:diagnos(?:is|ed|e)|diabet\w+|cancer|krebs|hiv|depress(?:ion|ed)|epilep\w+|asthma|pregnan\w+|schwanger\w*"
    r"|chemotherapy|dementia"
    r"|alzheimer\w*|schizophreni\w+|hepatitis|surgery|sick leave|krankgeschrieben|disability|behinderung"
    r"|allergic to|blood pressure"
    r"|medication|medikament\w*|prescri\w+|psychiatr\w+|insulin)"
)
_NAME = (
    r"(?:(?:Mr|Mrs|Ms|Dr|Herr|Frau|M\.|Mme|Sr\.?|Sra\.?|Patient(?:in)?"
    r"|Employee)\.?,?:? [A-ZÄÖÜÀ-Þ][\w'’-]+(?: [A-ZÄÖÜÀ-Þ][\w'’-]+)?"
    r"|\b[A-ZÄÖÜ][a-zäöüß]{2,} [A-ZÄÖÜ][a-zäöüß]{2,}(?= (?:has|had|is|was|suffers|takes|hat|ist|leidet|nimmt)\b))"
)
_KINDS: Final = (
    _Kind("email", re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.)+[a-zA-Z]{2,24}(?![\w-])")),
    _Kind(
        "iban", re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?!\w)"), checksums.is_iban
    ),
    _Kind("card_number", re.compile(r"(?<![\d-])(?:\d[ -]?){12,18}\d(?![\d-])"), checksums.is_card),
    _Kind("us_social_security_number", re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"), checksums.is_us_ssn),
    _Kind(
        "french_social_security_number",
        re.compile(r"(?<!\d)[12] ?\d\d ?\d\d ?\d\d ?\d{3} ?\d{3} ?\d\d(?!\d)"),
        checksums.is_french_number,
    ),
    _Kind("german_tax_id", re.compile(r"(?<![\d+])\d{2} ?\d{3} ?\d{3} ?\d{3}(?!\d)"), checksums.is_german_tax_id),
    _Kind(
        "spanish_id", re.compile(r"(?<!\w)(?:\d{2}\.?\d{3}\.?\d{3}|[XYZ]-?\d{7})-?[A-Z](?!\w)"), checksums.is_spanish_id
    ),
    _Kind(
        "italian_tax_code",
        re.compile(r"(?<!\w)[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z](?!\w)"),
        checksums.is_italian_code,
    ),
    _Kind(
        "uk_national_insurance_number",
        re.compile(r"(?<!\w)[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)"),
        checksums.is_uk_insurance_number,
    ),
    _Kind("birth_date", re.compile(rf"\b{_BORN}\W{{0,4}}{_DATE}", re.IGNORECASE)),
    _Kind(
        "phone",
        re.compile(
            r"(?<![\w+.,/-])(?<!\d )(?:\+\d{1,3}[ ().-]{0,2}(?:\(0\) ?)?|00\d{2}[ ./-]?|\(?0[1-9]\d{0,4}\)?[ ./-]{1,3}"
            r"|\(\d{3}\) ?|\d{3}[ .-](?=\d{3}[ .-]\d{4}))"
            r"\d(?:[ ./-]{0,3}\d){4,11}(?![\w]|[.,]\d)"
        ),
        lambda text: 7 <= len(re.sub(r"\D", "", text)) <= 15,
    ),
    _Kind(
        "address",
        re.compile(
            r"\b(?:[A-ZÄÖÜ][\wäöüß.-]{1,25}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan"
            r"|plein) ?\d{1,4}\s?[a-z]?\b"
            r"|\d{1,5} (?:[A-Z][\w'’]+ ){1,3}(?:Street|St\.?|Road|Rd\.?|Avenue|Ave\.?|Lane|Drive|Square|Boulevard"
            r"|Court|Quay|Terrace|Close)(?!\w)"
            r"|\d{1,4},? (?:rue|avenue|boulevard|place|quai|chemin) (?:de |du |des |de la |d')?[A-ZÀ-Þ][\w'’-]+"
            r"|(?:[Cc]alle|[Aa]venida|[Pp]laza|[Vv]ia|[Pp]iazza|[Cc]orso|[Rr]ua) (?:de |del |della |da "
            r"|do )?[A-ZÀ-Þ][\w'’ -]{2,30},? \d{1,4})"
        ),
    ),
    _Kind("health", re.compile(rf"{_NAME}[^.!?\n]{{0,60}}\b(?i:{_HEALTH})|\b(?i:{_HEALTH})\b[^.!?\n]{{0,30}}{_NAME}")),
)


def look(found: Extracted) -> tuple[PersonalData, ...]:
    """One entry for each kind found. The first 2.5 million characters are looked at."""
    counts: defaultdict[str, int] = defaultdict(int)
    pages: defaultdict[str, list[int]] = defaultdict(list)
    samples: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for number, text in _texts(found):
        for kind, value in _values(text):
            counts[kind] += 1
            if number not in pages[kind] and len(pages[kind]) < _PAGES:
                pages[kind].append(number)
            if len(samples[kind]) < _SAMPLES:
                samples[kind].setdefault(value, masked(value, kind))
    return tuple(
        PersonalData(
            one.name, counts[one.name], tuple(pages[one.name]), tuple(dict.fromkeys(samples[one.name].values()))
        )
        for one in _KINDS
        if counts[one.name]
    )


def hidden_values(text: str) -> str:
    """The text with every value found in it masked: for whoever quotes sentences where they are kept or logged."""
    for kind, value in _values(text):
        text = text.replace(value, masked(value, kind))
    return text


def masked(value: str, kind: str) -> str:
    """First and last characters; what is between only by its length."""
    value = re.sub(r"\s+", " ", value).strip()
    if kind == "email":
        name, _, host = value.partition("@")
        return f"{name[:1]}***@{host[:1]}***.{host.rpartition('.')[2]}"
    if kind in {"health", "birth_date"}:
        return re.sub(r"\w", "*", value[:12]).strip() + "…"
    if kind == "address":
        return f"{value[:2]}***"
    return f"{value[:2]}{'*' * min(12, max(3, len(value) - 4))}{value[-2:]}"


def _texts(found: Extracted) -> Iterator[tuple[int, str]]:
    left = LOOKED_AT
    for page in found.pages:
        if left <= 0:
            return
        yield page.number, page.text[:left]
        left -= len(page.text)


def _values(text: str) -> Iterator[tuple[str, str]]:
    """What an earlier kind took is not counted again as a later one (an account number is no telephone number)."""
    taken = bytearray(len(text))  # by character, so that a long list of addresses costs no more than its length
    for kind in _KINDS:
        for match in kind.pattern.finditer(text):
            if kind.check is not None and not kind.check(match.group()):
                continue
            start, end = match.span()
            if any(taken[start:end]):
                continue
            taken[start:end] = b"\1" * (end - start)
            yield kind.name, match.group()
