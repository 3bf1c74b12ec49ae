"""Text for eyes becomes text for ears, the same however it is cut while it streams.

Cases are rows of tests/samples/speakable: what is written, a tab, what is said; a line break is written as \\n.
"""

import itertools
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.pipeline.clauses import ClauseCutter
from agent.pipeline.speakable import speakable, speakable_stream, speaker, speaking

SAMPLES = Path(__file__).parents[2] / "samples" / "speakable"
LANGUAGES = ("en", "de", "es")


def rows(language: str) -> list[tuple[str, str]]:
    lines = (SAMPLES / f"{language}.tsv").read_text().splitlines()
    pairs = (line.replace("\\n", "\n").split("\t") for line in lines if line)
    return [(written, spoken) for written, spoken in pairs]


CASES = [(language, *row) for language in LANGUAGES for row in rows(language)]
WRITTEN = [written for _, written, _ in CASES]


@pytest.mark.parametrize(("language", "written", "spoken"), CASES)
def test_text_is_read_as_a_person_would(language: str, written: str, spoken: str) -> None:
    assert speakable(written, language) == spoken


@pytest.mark.parametrize(("language", "spoken"), sorted({(language, spoken) for language, _, spoken in CASES}))
def test_what_was_made_speakable_once_stays_as_it_is(language: str, spoken: str) -> None:
    assert speakable(spoken, language).strip() == spoken.strip()


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 300


def in_pieces(text: str, cuts: list[int], language: str = "en", sayings: dict[str, str] | None = None) -> str:
    reader = speaker(language, sayings)
    bounds = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    return "".join(reader.push(text[a:b]) for a, b in itertools.pairwise(bounds)) + reader.flush()


@pytest.mark.parametrize(("language", "written", "spoken"), CASES)
def test_pieces_of_any_size_say_the_same(language: str, written: str, spoken: str) -> None:
    said = [in_pieces(written, list(range(0, len(written), size)), language) for size in (1, 2, 3, 7)]
    assert said == [spoken] * 4


SNIPPETS = st.sampled_from(
    [*WRITTEN, "and", "Yes,", "the", "\n", "- ", "**", "[", "](", "```\n", "| ", "~", "3", "pm", "€"]
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(SNIPPETS, max_size=12),
    st.sampled_from([" ", "\n", "", ", "]),
    st.lists(st.integers(0, 600), max_size=30),
    st.sampled_from([*LANGUAGES, "fr"]),
)
def test_chunking_never_changes_the_result(snippets: list[str], between: str, cuts: list[int], language: str) -> None:
    text = between.join(snippets)
    assert in_pieces(text, cuts, language) == speakable(text, language)


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="ab1 .,:;-*_`#|[]()<>&@/\\\n€$%3:~+XIV'\"", max_size=80), st.lists(st.integers(0, 80), max_size=8)
)
def test_no_text_however_strange_breaks_it(text: str, cuts: list[int]) -> None:
    assert in_pieces(text, cuts) == speakable(text)


PLAIN = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüñé", min_size=2, max_size=10)
SENTENCE = st.lists(PLAIN, min_size=1, max_size=60).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(SENTENCE, st.sampled_from(LANGUAGES))
def test_plain_words_are_left_alone(text: str, language: str) -> None:
    assert speakable(text, language).casefold() in {text.casefold(), text}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PLAIN, st.sampled_from(WRITTEN)), max_size=15))
def test_no_plain_word_is_dropped(pieces: list[str]) -> None:
    text = " ".join(piece.replace("\n", " ").replace("`", "").replace("[", "").replace("<", "") for piece in pieces)
    spoken = set(re.findall(r"\w+", speakable(text)))
    assert {piece for piece in pieces if re.fullmatch("[a-zäöüñé]+", piece)} - ABBREVIATED <= spoken


ABBREVIATED = {"vs", "etc", "am", "pm"}


@pytest.mark.parametrize(
    "text",
    [
        "**bold** _it_ `x` # y\n## z\n- a\n* b\n| c | d |\n|---|---|\n> q\n[t](http://u.v) ![i](j.png) [^1] ~~s~~",
        "***a*** __b__ ```c``` *d* \\*e\\* <b>f</b> &amp; == g == ^h^",
    ],
)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_no_sign_of_markdown_is_ever_spoken(text: str, size: int) -> None:
    said = in_pieces(text, list(range(0, len(text), size)))
    assert not re.search(r"[*_`#|\[\]<>~^\\=]|http", said)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Sure, ", ""),  # the next letter decides whether a footnote or a table's bar follows
        ("Sure, I", "Sure, "),
        ("Your table is booked, and", "Your table is booked, "),
        ("It is at 10:30, so", "It is at ten thirty, "),
        ("We open at 9. P", "We open at nine. "),
        ("It is ready! N", "It is ready! "),
        ("You owe $4.50. P", "You owe four dollars and fifty cents. "),
        ("**Yes**, w", "Yes, "),
    ],
)
def test_a_clause_leaves_with_the_first_letter_behind_it(written: str, said: str) -> None:
    assert speaker().push(written) == said


@pytest.mark.parametrize(
    "start", ["on November", "on Nov. 24,", "12 Main St.", "in", "see Dr.", "3", "1.", "[the docs", "Henry"]
)
def test_what_the_next_word_may_change_waits(start: str) -> None:
    before = speaker().push("well then " + start + " x")
    assert start not in before


def test_the_first_clause_reaches_the_voice_before_the_sentence_ends() -> None:
    reader, cutter = speaker(), ClauseCutter()
    words = "Of course, **your** room is on the second floor".split(" ")
    pieces = [cutter.push(reader.push(f" {word}" if number else word)) for number, word in enumerate(words)]
    assert pieces[2] == ["Of course,"]


async def test_the_transform_of_a_session_hands_on_as_it_comes() -> None:
    async def pieces() -> AsyncIterator[str]:
        yield "The dining room is on the ground floor, "
        yield "next to the lift."

    spoken = speakable_stream(pieces())
    assert (await anext(spoken)).startswith("The dining room is on the ground")
    assert await anext(spoken) == "floor, next to "


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "March fourth"), ("en-US", "March fourth"), ("en-GB", "April third"), ("en-AU", "April third")],
)
def test_a_date_in_figures_is_read_as_its_region_does(language: str, said: str) -> None:
    assert speakable("3/4/2026", language) == f"{said}, twenty twenty-six"


def test_a_language_without_a_table_loses_its_markdown_and_keeps_its_numbers() -> None:
    assert speakable("**Bonjour**, il est 14:30 🎉\n- un\n- deux", "fr") == "Bonjour, il est 14:30\nun.\ndeux"


SAYINGS = {"Xiomara": "see oh mara", "SQL": "sequel", "harbour house": "HAR-bur house", "Nguyen": "win"}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Ask Xiomara.", "Ask see oh mara."),
        ("xiomara's SQL", "see oh mara's sequel"),
        ("Welcome to Harbour House, please", "Welcome to HAR-bur house, please"),
        ("**Nguyen** SQLite", "win SQLite"),
        ("a harbour is here", "a harbour is here"),
    ],
)
@pytest.mark.parametrize("size", [1, 4, 100])
def test_a_house_says_its_own_words_its_own_way(written: str, said: str, size: int) -> None:
    assert in_pieces(written, list(range(0, len(written), size)), sayings=SAYINGS) == said


@pytest.mark.parametrize("size", [1, 7, 399, 400, 401, 10_000])
def test_a_word_without_end_is_read_in_parts_and_the_same_however_it_came(size: int) -> None:
    written = f"The number {'9' * 1_500} is long. Call at 3 PM."
    said = in_pieces(written, list(range(0, len(written), size)))
    assert said == speakable(written)
    assert said.endswith("is long. Call at three PM.")


@pytest.mark.parametrize(
    ("said", "heard"),
    [("\U000f0000see oh", "Meet see oh today."), ("see\U000f0001 oh", "Meet see oh today.")],
)
def test_a_pronunciation_cannot_stand_for_itself(said: str, heard: str) -> None:
    assert speakable("Meet Xio today.", "en", {"Xio": said}) == heard


@pytest.mark.parametrize(
    "text", ["Die Große Straße ist hier.", "Die GROẞE STRAẞE ist hier.", "Die große straße ist hier."]
)
def test_a_pronunciation_of_german_words_is_found_however_they_are_written(text: str) -> None:
    assert "der Weg" in speakable(text, "de", {"Große Straße": "der Weg"})


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Write to info@xiomara.com.", "Write to info at xiomara dot com."),
        ("See https://xiomara.com/menu or Xiomara.", "See xiomara dot com slash menu or see oh mara."),
        ("It is on xiomara.com.", "It is on xiomara dot com."),
        ("It is on rooms.com.", "It is on the rooms page."),
    ],
)
def test_a_pronunciation_takes_no_address_apart(written: str, said: str) -> None:
    assert speakable(written, "en", {"Xiomara": "see oh mara", "rooms.com": "the rooms page"}) == said


@pytest.mark.parametrize("sayings", [{"": "x"}, {"x": ""}, {"x": "y" * 121}, {f"w{n}": "x" for n in range(501)}])
def test_pronunciations_are_bounded(sayings: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="pronunciation"):
        speaking("en", sayings)
