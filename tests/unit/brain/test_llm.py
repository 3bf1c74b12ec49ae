"""The contract with the framework: only offered tools, no side effects, never silent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from livekit.agents import llm

from agent.brain.dialogue import decide
from agent.brain.llm import OfflineLLM, items_of, tool_names
from agent.brain.reading import Reader
from agent.brain.state import Answered, Item, Said, Spoke
from tests.evals.brain.scoring import CONTEXTS, NOW, TOOLS, Setting
from tests.unit.brain.fake_tools import FakeDesk

Make = Callable[[], OfflineLLM]
BOOKING = "Book a meeting with Anna tomorrow at three."


def context(*texts: str) -> llm.ChatContext:
    chat = llm.ChatContext.empty()
    chat.add_message(role="system", content="You are Ava.")
    for text in texts:
        chat.add_message(role="user", content=text)
    return chat


async def test_a_tool_is_called_with_json_arguments(make_brain: Make) -> None:
    answer = await make_brain().chat(chat_ctx=context(BOOKING), tools=FakeDesk().tools).collect()
    assert [call.name for call in answer.tool_calls] == ["book_event"]
    assert answer.text == ""


async def test_tool_choice_none_and_missing_tools_are_obeyed(make_brain: Make) -> None:
    brain, desk = make_brain(), FakeDesk()
    forbidden = await brain.chat(chat_ctx=context(BOOKING), tools=desk.tools, tool_choice="none").collect()
    some = [tool for tool in desk.tools if tool.id == "search_knowledge"]
    missing = await brain.chat(chat_ctx=context(BOOKING), tools=some).collect()
    for answer in (forbidden, missing):
        assert answer.tool_calls == []
        assert answer.text
    assert "questions from your documents" in missing.text


async def test_asking_twice_gives_the_same_answer_and_changes_nothing(make_brain: Make) -> None:
    brain, chat, desk = make_brain(), context(BOOKING), FakeDesk()
    before = chat.to_dict()
    first = await brain.chat(chat_ctx=chat, tools=desk.tools).collect()
    second = await brain.chat(chat_ctx=chat, tools=desk.tools).collect()
    assert [(c.name, c.arguments) for c in first.tool_calls] == [(c.name, c.arguments) for c in second.tool_calls]
    assert chat.to_dict() == before


async def test_without_a_caller_it_greets(make_brain: Make) -> None:
    answer = await make_brain().chat(chat_ctx=context()).collect()
    assert "Ava" in answer.text


def test_tools_inside_toolsets_are_offered() -> None:
    assert "book_event" in tool_names([llm.Toolset(id="calendar", tools=list(FakeDesk().tools))])


def test_broken_arguments_of_old_calls_do_no_harm() -> None:
    chat = context("hello")
    chat.insert(llm.FunctionCall(call_id="1", name="book_event", arguments="{not json"))
    chat.insert(llm.FunctionCallOutput(call_id="1", name="book_event", output="", is_error=True))
    assert Answered("book_event", {}, "", failed=True) in items_of(chat)


SENTENCES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "yes",
            "no",
            "the first one",
            "never mind",
            "move it to four",
            "cancel that",
            "and on Friday?",
            "what?",
            "at ten",
            "book something",
            "in an hour",
            "push it back by an hour",
            "bye",
            "when am I free",
            "make it an hour",
            "",
        ]
    ),
)
OUTPUTS = st.sampled_from(
    ["", "|", "Done. | x", "Shall I? | x", "I could do 9 AM or noon instead. | x", "An internal error occurred"]
)


@given(
    start=st.sampled_from(sorted(CONTEXTS)),
    texts=st.lists(SENTENCES, min_size=1, max_size=5),
    outputs=st.lists(OUTPUTS, min_size=5, max_size=5),
    failed=st.booleans(),
    offered=st.sets(st.sampled_from(sorted(TOOLS))),
)
@settings(max_examples=60, deadline=None)
def test_any_conversation_gets_words_or_an_offered_tool(
    shared_reader: Reader, start: str, texts: list[str], outputs: list[str], failed: bool, offered: set[str]
) -> None:
    items: list[Item] = list(CONTEXTS[start])
    setting = Setting(NOW, frozenset(offered), "Ava", shared_reader.intent)
    for text, output in zip(texts, outputs, strict=False):
        items.append(Said(text))
        action = decide(items, setting)
        assert action.say or action.tool
        assert not action.tool or action.tool in offered
        items.append(Answered(action.tool, action.arguments, output, failed) if action.tool else Spoke(action.say))
        after = decide(items, setting)
        assert after.say or after.tool in offered


@pytest.fixture(scope="module")
def shared_reader(reader: Reader) -> Reader:
    return reader
