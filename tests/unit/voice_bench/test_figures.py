"""Records made into figures, aims and the picture."""

import xml.etree.ElementTree as ElementTree
from typing import Any

import pytest

from bench.voice import figures
from bench.voice.bench import Record
from bench.voice.plot import Point, points_of, svg, x_of, y_of


def record(part: str = "plain", agent: str = "voiceloop", kind: str = "plain", **found: Any) -> Record:
    return Record(part, agent, kind, "Is there a lift?", "joe", **found)


@pytest.mark.parametrize(("share", "value"), [(50, 2), (75, 3), (95, 4), (100, 4), (1, 1)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert figures.percentile([4, 1, 3, 2], share) == value


def test_no_values_have_no_percentile_and_no_median() -> None:
    with pytest.raises(ValueError):
        figures.percentile([], 95)
    assert figures.spread([]) == {"n": 0}


def test_cut_offs_and_silences_are_counted_apart_from_latencies() -> None:
    found = figures.of_turns([record(latency_s=0.5), record(latency_s=0.7), record(cut_off=True), record(silent=True)])
    assert found["latency_s"]["median"] == pytest.approx(0.6)
    assert found["latency_s"]["n"] == 2
    assert found["cut_off"] == {"count": 1, "of": 4, "share": 0.25}
    assert found["silent"]["count"] == 1


def test_cut_offs_are_told_by_kind_of_pause() -> None:
    rows = [record(kind="pause_after_um", cut_off=True), record(kind="pause_in_phrase", latency_s=0.8)]
    by_kind = figures.of_turns(rows)["cut_off_by_kind"]
    assert {kind: found["count"] for kind, found in by_kind.items()} == {"pause_after_um": 1, "pause_in_phrase": 0}


def test_an_interruption_that_did_not_stop_the_agent_is_missed() -> None:
    rows = [
        record("over", kind="interruption", stopped_s=0.4, ducked_s=0.1, went_on=False),
        record("over", kind="interruption", went_on=True),
        record("over", kind="backchannel", went_on=True),
        record("over", kind="backchannel", went_on=False),
        record("over", kind="backchannel", went_on=True, began_anew=True),
        record("over", kind="backchannel", went_on=True, began_anew=False),
        record("over", kind="side_talk", went_on=True),
    ]
    found = figures.of_over(rows)
    assert found["stop_s"]["median"] == 0.4
    assert found["missed"]["count"] == 1
    assert found["backchannel_survived"]["share"] == 0.5
    assert found["side_talk_survived"]["share"] == 1.0


def test_calls_are_told_by_how_many_there_were_at_once() -> None:
    found = figures.of_calls([record("calls", calls=2, latency_s=0.8), record("calls", calls=4, latency_s=1.5)])
    assert {count: row["latency_s"]["p95"] for count, row in found.items()} == {"2": 0.8, "4": 1.5}


def test_an_aim_beside_the_stock_agent_is_a_share_of_its_figure() -> None:
    rows = [record(latency_s=0.6), record(agent="stock", latency_s=1.5)]
    told = {aim["aim"]: aim for aim in figures.aims(figures.summary(rows, {}))}
    assert told["heard latency, median s"]["reached"]
    assert told["heard latency, median, of the stock agent's"]["value"] == pytest.approx(0.4)


def test_what_was_not_measured_is_no_aim() -> None:
    assert figures.aims(figures.summary([], {})) == []


def test_the_picture_has_a_mark_for_each_agent_with_both_figures() -> None:
    rows = [
        record(latency_s=0.6),
        record("pauses", cut_off=True),
        record(agent="stock", latency_s=1.4),
    ]
    assert [point.name for point in points_of(figures.summary(rows, {}))] == ["voiceloop"]


def test_the_picture_is_valid_and_says_the_figures() -> None:
    picture = svg([Point("a <b>", 0.6, 0.9, 0.05), Point("c", 9.0, 12.0, 0.9)], "t")
    root = ElementTree.fromstring(picture)
    assert sum(element.tag.endswith("circle") for element in root.iter()) == 2
    assert "a <b> 0.60 s, 5 %" in "".join(root.itertext())


def test_late_is_right_and_rude_is_up() -> None:
    assert x_of(0.5) < x_of(1.5) < x_of(99) == x_of(3.0)
    assert y_of(0.5) < y_of(0.1) < y_of(0.0)
