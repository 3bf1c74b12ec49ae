"""The examples' vectors belong to the examples; every authored phrase can be filled; a sentence is stored as JSON."""

from __future__ import annotations

import json
import re
from datetime import datetime
from importlib import resources
from zoneinfo import ZoneInfo

import numpy as np

from agent.brain.intents import digest, load_examples
from agent.brain.phrasing import abilities, fact_of, load_phrases
from agent.brain.reading import Reader

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def test_saved_vectors_belong_to_the_examples() -> None:
    examples = load_examples()
    texts = [text for label in sorted(examples) for text in examples[label]]
    with (resources.files("agent.brain") / "examples.npz").open("rb") as file, np.load(file) as saved:
        assert str(saved["digest"]) == digest(texts), "run: python -m agent.brain.intents"
        assert saved["vectors"].shape == (len(texts), 384)


def test_no_example_stands_for_two_intents() -> None:
    texts = [text for group in load_examples().values() for text in group]
    assert len(texts) == len(set(texts))


def test_phrases_are_speakable() -> None:
    for occasion, variants in load_phrases().items():
        assert variants, occasion
        for variant in variants:
            assert not re.search(r"[*_#<>|\[\]]", variant), variant


def test_abilities_name_only_what_is_offered() -> None:
    assert abilities({"search_knowledge"}) == "I can answer questions from your documents."
    assert "book" not in abilities({"list_events"})
    assert abilities(set())


def test_the_fact_is_spoken_and_the_directive_is_not() -> None:
    assert fact_of('It says: "Breakfast is at 7." | Tell the caller.') == 'It says: "Breakfast is at 7."'
    assert fact_of("plain words") == "Plain words."


def test_an_understanding_is_json(reader: Reader) -> None:
    found = reader.understand("Book a call with Tom next Tuesday at half past three for an hour.", NOW)
    assert found.intent == "book"
    assert 0.5 < found.confidence <= 1
    assert json.loads(json.dumps(found.entities)) == {
        "title": "Call with Tom",
        "attendees": ["Tom"],
        "day": "2026-11-24",
        "time": "15:30",
        "duration_min": 60,
    }
