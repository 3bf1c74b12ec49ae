"""What people type is shown to others: on one line, and without characters that terminals obey or readers fall for."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ingest.admin.tables import masked, masked_lines, print_done, print_rows
from ingest.api.file_shapes import Corrections
from ingest.documents.naming import one_line, safe_name, typed_title
from store.errors import Invalid

DECEIVING = ["\x1b[31mred", "bell\x07", "nul\0", "a\u202etxt.exe", "a\u2066b", "a\x85b", "a\x1cb"]


@pytest.mark.parametrize("text", DECEIVING)
def test_the_same_characters_are_refused_in_names_titles_and_corrections(text: str) -> None:
    for make in (safe_name, typed_title):
        with pytest.raises(Invalid):
            make(text)
    bodies: list[dict[str, Any]] = [
        {"title": text},
        {"category": text},
        {"tags": ["fine", text]},
        {"source": {"publisher": text}},
        {"source": {"authors": [text]}},
        {"source": {"authors": [{"family": "Hill", "given": text}]}},
        {"source": {"url": f"https://example.com/{text}"}},
    ]
    for body in bodies:
        with pytest.raises(ValidationError, match=r"control characters|address"):
            Corrections.model_validate(body)


def test_spaces_are_folded_and_every_script_is_welcome() -> None:
    assert one_line(" Room\n hours\t2026 ") == "Room hours 2026"
    wanted = Corrections.model_validate({"title": "מחירון  2026", "tags": ["قائمة", "🏊 pool"]})
    assert (wanted.title, wanted.tags) == ("מחירון 2026", ("قائمة", "🏊 pool"))


def test_what_is_printed_moves_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows([{"title": "a\x1b[2J", "tags": ["b\x07", "c\u202ed"]}], ("title", "tags"), as_json=False)
    print_done("Gone: e\x1b]0;f\x07\nfor good.", {}, as_json=False)
    printed = capsys.readouterr().out
    assert "a?[2J" in printed
    assert "b?, c?d" in printed
    assert "Gone: e?]0;f?\nfor good." in printed
    assert masked("g\nh") == "g?h"
    assert masked_lines("g\nh") == "g\nh"
