"""Answers are cut so that speech starts with the first clause and no word is lost."""

import pytest

from agent.pipeline.clauses import ClauseCutter


def cut(text: str, size: int) -> list[str]:
    cutter = ClauseCutter()
    pieces = [piece for start in range(0, len(text), size) for piece in cutter.push(text[start : start + size])]
    return pieces + cutter.flush()


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_the_first_piece_ends_at_a_clause_and_later_ones_at_sentences(size: int) -> None:
    text = "Your lunch is booked, with Anna, on Tuesday. I sent her an invitation, too. Anything else?"
    assert cut(text, size) == [
        "Your lunch is booked,",
        "with Anna, on Tuesday.",
        "I sent her an invitation, too.",
        "Anything else?",
    ]


@pytest.mark.parametrize("text", ["It costs $3.50 at 10:30.", "Doctor Who, e.g. the film.", "Dr. Smith is in."])
def test_marks_inside_numbers_and_abbreviations_do_not_cut(text: str) -> None:
    pieces = cut(text, 1000)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert not any(piece.endswith(("Dr.", "3.", "10:", "e.g.")) for piece in pieces)


def test_a_long_first_clause_is_cut_before_a_joining_word() -> None:
    text = "We serve breakfast every single morning from seven until half past ten in the garden room"
    pieces = cut(text, 3)
    assert pieces[0] == "We serve breakfast every single morning"
    assert " ".join(pieces) == text


def test_nothing_is_said_for_nothing() -> None:
    assert cut("  \n ", 1) == []


def test_after_a_flush_the_next_piece_is_a_first_one_again() -> None:
    cutter = ClauseCutter()
    cutter.push("One moment please")
    assert cutter.flush() == ["One moment please"]
    assert cutter.push("Yes, of course") == ["Yes,"]
