"""What the doctor says of documents: each finding names what to do, none is a reason not to start."""

from __future__ import annotations

import pytest

from ingest import doctor_documents
from ingest.documents.ocr import tesseract


def told(monkeypatch: pytest.MonkeyPatch, *languages: str, **environment: str) -> dict[str, tuple[str, str]]:
    monkeypatch.setattr(tesseract, "installed_languages", lambda: frozenset(languages))
    return {what: (state, detail) for what, state, detail in doctor_documents.findings(environment)}


def test_without_tesseract_the_bundled_recogniser_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    state, detail = told(monkeypatch)["Scans"]
    assert state == "note"
    assert "RapidOCR" in detail
    assert "install tesseract-ocr" in detail


def test_a_language_that_is_set_and_not_there_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(monkeypatch, "eng", VOICELOOP_OCR_LANGUAGES="eng+deu,chi_sim")
    assert found["Scans"] == (
        "note",
        "Tesseract does not know deu, chi_sim; install tesseract-ocr-deu, tesseract-ocr-chi-sim",
    )
    assert told(monkeypatch, "eng", "deu", VOICELOOP_OCR_LANGUAGES="eng+deu")["Scans"] == ("ok", "Tesseract: eng, deu")


@pytest.mark.parametrize(
    ("url", "state", "said"),
    [
        ("", "ok", "no scanner set"),
        ("http://clamav", "note", "must be tcp://host:3310"),
        ("unix:///nowhere/clamd.ctl", "note", "does not answer"),
    ],
)
def test_a_scanner_that_does_not_answer_is_told(
    monkeypatch: pytest.MonkeyPatch, url: str, state: str, said: str
) -> None:
    found = told(monkeypatch, "eng", CLAMD_URL=url)["Viruses"]
    assert found[0] == state
    assert said in found[1]


def test_nothing_about_documents_is_essential(monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(monkeypatch, VOICELOOP_EMBEDDINGS="openai:bge-m3", VOICELOOP_FILES="s3://rooms/files")
    assert {state for state, _ in found.values()} <= {"ok", "note"}
    assert found["Meanings"] == ("ok", "openai:bge-m3")
    assert found["Files"] == ("ok", "s3://rooms/files")
