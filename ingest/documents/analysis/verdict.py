"""Should the assistant answer from this document? A yes or no with its reasons in plain words. Pure.

Everything a person is to decide about comes together here: what was found in the file, in its text, and beside others.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.documents.analysis.model import Contradiction, Duplicate, Note, PersonalData, Severity
from ingest.documents.model import Finding

_ORDER = {"danger": 0, "warning": 1, "info": 2}
_MOST = 60
_SENSITIVE = {
    "card_number": "numbers of payment cards",
    "iban": "bank account numbers",
    "us_social_security_number": "US social security numbers",
    "french_social_security_number": "French social security numbers",
    "german_tax_id": "German tax numbers",
    "spanish_id": "Spanish identity numbers",
    "italian_tax_code": "Italian tax codes",
    "uk_national_insurance_number": "UK national insurance numbers",
    "birth_date": "dates of birth",
    "health": "statements about somebody's health",
}
_ORDINARY = {"email": "e-mail addresses", "phone": "telephone numbers", "address": "postal addresses"}


def recommend(
    quality: tuple[float, Sequence[Note]],
    relevance: tuple[float, str],
    warnings: Sequence[Note],
    duplicates: Sequence[Duplicate],
) -> tuple[bool, tuple[Note, ...]]:
    """(recommended, reasons: what speaks against it first)."""
    against: list[Note] = []
    commands = [one for one in warnings if one.code == "instruction_like_text" and one.severity != "info"]
    if commands:
        against.append(
            Note("gives_orders", "It holds text that gives instructions to an assistant.", commands[0].severity)
        )
    elif any(one.severity == "danger" for one in warnings):
        danger = next(one for one in warnings if one.severity == "danger")
        against.append(Note(danger.code, danger.text, "danger", danger.page))
    if any(one.suggestion == "same" for one in duplicates):
        same = next(one for one in duplicates if one.suggestion == "same")
        against.append(Note("duplicate", same.text, "warning"))
    score, flaws = quality
    if score < 0.5:
        against += [one for one in flaws if one.severity != "info"] or [
            Note("hard_to_use", "There is little in it that questions can be answered from.", "warning")
        ]
    if relevance[0] < 0.25:
        against.append(Note("not_relevant", relevance[1], "warning"))
    if any(one.code == "personal_data" and one.severity == "warning" for one in warnings):
        against.append(Note("personal_data", "It holds personal data that callers should not hear.", "warning"))
    if against:
        return False, tuple(against)
    reasons = [
        Note("answers", "It reads as text that questions can be answered from."),
        Note("relevance", relevance[1]),
    ]
    reasons += [one for one in flaws if one.severity == "info"]
    if any(one.code == "hidden_text" for one in warnings):
        reasons.append(Note("hidden_text", "It holds hidden text, which the assistant does not read.", "warning"))
    if any(one.code == "contradiction" for one in warnings):
        reasons.append(
            Note("contradictions", "Some of it contradicts what the assistant knows; see the warnings.", "warning")
        )
    return True, tuple(reasons)


def all_warnings(
    findings: Sequence[Finding],
    notes: Sequence[Note],
    personal: Sequence[PersonalData],
    duplicates: Sequence[Duplicate],
    contradictions: Sequence[Contradiction],
) -> tuple[Note, ...]:
    """One list, the gravest first, in the order of the pages; each thing once."""
    found = [Note(one.code, one.detail, one.severity, one.page) for one in findings]
    found += [
        one for one in notes if one.code != "hidden_text" or not any(each.code == "hidden_text" for each in findings)
    ]
    found += [_personal(one) for one in personal]
    found += [Note("duplicate", one.text, "info" if one.suggestion == "overlaps" else "warning") for one in duplicates]
    found += [Note("contradiction", one.text, "warning", one.here.page, one.here.text) for one in contradictions]
    unique = list(dict.fromkeys(found))
    return tuple(sorted(unique, key=lambda one: (_ORDER[one.severity], one.page))[:_MOST])


def _personal(one: PersonalData) -> Note:
    severity: Severity = "warning" if one.kind in _SENSITIVE else "info"
    said = _SENSITIVE.get(one.kind) or _ORDINARY.get(one.kind, one.kind)
    return Note("personal_data", f"It holds {said} ({one.count}).", severity, one.pages[0] if one.pages else 0)
