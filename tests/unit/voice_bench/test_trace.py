"""What the voice benchmark makes of the levels a caller heard."""

import pytest

from bench.voice.trace import Trace, answer_to, went_on

STEP = 0.01
LOUD, SOFT, NOTHING = 3000.0, 700.0, 0.0


def heard(*stretches: tuple[float, float]) -> Trace:
    """A trace that starts at 0: seconds and level of each stretch."""
    trace, number = Trace(), 0
    for seconds, level in stretches:
        for _ in range(round(seconds / STEP)):
            trace.add(number * STEP, level)
            number += 1
    return trace


def test_an_answer_after_the_end_is_a_latency() -> None:
    answer = answer_to(heard((3.6, NOTHING), (1.0, LOUD)), started_at=1.0, ended_at=3.0, until=11.0)
    assert not answer.cut_off
    assert answer.latency_s == pytest.approx(0.6, abs=2 * STEP)


def test_an_answer_into_the_utterance_is_a_cut_off_and_has_no_latency() -> None:
    answer = answer_to(heard((2.0, NOTHING), (1.0, LOUD)), started_at=1.0, ended_at=3.0, until=11.0)
    assert answer.cut_off
    assert answer.latency_s is None


def test_an_answer_sooner_than_anybody_can_was_to_the_first_half() -> None:
    assert answer_to(heard((3.1, NOTHING), (1.0, LOUD)), started_at=1.0, ended_at=3.0, until=11.0).cut_off


def test_no_answer_is_neither_a_cut_off_nor_a_latency() -> None:
    answer = answer_to(heard((12.0, NOTHING)), started_at=1.0, ended_at=3.0, until=11.0)
    assert (answer.cut_off, answer.latency_s) == (False, None)


def test_the_agent_is_silent_since_its_last_sound_not_since_a_breath() -> None:
    trace = heard((2.0, LOUD), (0.2, NOTHING), (0.3, LOUD), (2.0, NOTHING))
    assert trace.silent_since(1.5, quiet_s=0.5, until=4.0) == pytest.approx(2.5, abs=2 * STEP)


def test_an_agent_that_only_turned_itself_down_is_not_silent() -> None:
    assert heard((2.0, LOUD), (3.0, SOFT)).silent_since(1.5, quiet_s=0.5, until=4.0) is None


def test_what_comes_after_the_silence_does_not_move_it() -> None:
    trace = heard((2.0, LOUD), (0.8, NOTHING), (2.0, LOUD))
    assert trace.silent_since(1.5, quiet_s=0.5, until=4.0) == pytest.approx(2.0, abs=2 * STEP)


def test_silence_is_not_told_before_it_has_lasted() -> None:
    assert heard((2.0, LOUD), (0.3, NOTHING)).silent_since(1.5, quiet_s=0.5, until=2.3) is None


def test_turning_down_is_seen_where_the_loud_frames_end() -> None:
    trace = heard((2.0, LOUD), (1.0, SOFT))
    assert trace.ducked_at(1.9, until=2.9) == pytest.approx(2.0, abs=2 * STEP)


def test_a_gap_between_words_is_no_turning_down() -> None:
    trace = heard((2.0, LOUD), (0.3, NOTHING), (0.7, LOUD))
    assert trace.ducked_at(1.9, until=2.9) is None


def test_stopping_is_turning_down_too() -> None:
    assert heard((2.0, LOUD), (1.0, NOTHING)).ducked_at(1.8, until=2.8) == pytest.approx(2.0, abs=2 * STEP)


def test_nothing_is_said_of_an_agent_that_hardly_spoke_before() -> None:
    assert heard((2.0, NOTHING), (0.1, LOUD), (1.0, NOTHING)).ducked_at(2.1, until=3.0) is None


def test_an_agent_that_speaks_softly_through_a_backchannel_went_on() -> None:
    assert went_on(heard((2.0, LOUD), (0.4, SOFT), (0.3, NOTHING), (3.0, LOUD)), onset=1.9)


def test_an_agent_that_stops_and_resumes_later_did_not_go_on() -> None:
    assert not went_on(heard((2.0, LOUD), (1.0, NOTHING), (3.0, LOUD)), onset=1.9)


def test_an_agent_that_stops_for_good_did_not_go_on() -> None:
    assert not went_on(heard((2.0, LOUD), (3.0, NOTHING)), onset=1.9)
