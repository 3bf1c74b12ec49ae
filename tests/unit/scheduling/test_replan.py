"""Moving with the fewest changes: the search against every possibility, and the plans people would expect."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.scheduling.week import BERLIN, NOW, appointment, at, busy
from tools.calendars.scheduling.assignment import UNPLACED, Option, assign
from tools.calendars.scheduling.model import YOU, Appointment, Busy, Plan
from tools.calendars.scheduling.preferences import Preferences
from tools.calendars.scheduling.replan import ReplanRequest, replan
from tools.calendars.scheduling.wishes import wishes_of

PLACES = st.tuples(st.integers(0, 12), st.integers(1, 4), st.integers(0, 50))
OPTIONS = st.lists(PLACES.map(lambda place: Option(place[0], place[0] + place[1], place[2])), max_size=5)


def cheapest(tasks: list[list[Option]], gap: int | None) -> int:
    """By trying everything."""
    best = UNPLACED * (len(tasks) + 1)
    for choice in product(*([*options, None] for options in tasks)):
        placed = [one for one in choice if one]
        if gap is not None and any(a.start < b.end + gap and b.start < a.end + gap for a, b in combinations(placed, 2)):
            continue
        best = min(best, sum(one.cost if one else UNPLACED for one in choice))
    return best


@settings(max_examples=150)
@given(st.lists(OPTIONS, max_size=5), st.sampled_from([0, 1, None]))
def test_the_search_is_as_good_as_trying_everything(tasks: list[list[Option]], gap: int | None) -> None:
    found = assign(tasks, lambda _a, _b: gap)
    assert found.cost == cheapest(tasks, gap)
    assert found.optimal
    assert found.cost == sum(one.cost if one else UNPLACED for one in found.choices)


@given(st.lists(OPTIONS, max_size=5))
def test_without_steps_it_still_answers_something_possible_and_says_that_it_is_not_sure(
    tasks: list[list[Option]],
) -> None:
    found = assign(tasks, lambda _a, _b: 0, steps=0)
    assert not found.optimal
    placed = [one for one in found.choices if one]
    assert not any(a.start < b.end and b.start < a.end for a, b in combinations(placed, 2))
    assert all(one is None or one in options for one, options in zip(found.choices, tasks, strict=True))


def planned(
    you: Busy, *, habits: Preferences | None = None, others: dict[str, Busy] | None = None, **asked: Any
) -> Plan:
    values: dict[str, Any] = {"earliest": at("mon 0"), "latest": at("2026-11-28"), "zone": BERLIN, **asked}
    return replan(ReplanRequest(**values), {YOU: you, **(others or {})}, {YOU: habits or Preferences()}, NOW)


def told(plan: Plan) -> list[str]:
    return [f"{move.appointment.title} {move.start:%a %H:%M}" for move in plan.moves]


ILL_ON_THURSDAY = ((at("thu 0"), at("fri 0")),)


def test_a_day_that_is_blocked_moves_its_events_and_no_others() -> None:
    you = busy(
        appointment("thu 9", "thu 10", "Review"),
        appointment("thu 14", "thu 15", "Call"),
        appointment("fri 9", "fri 10", "Stay"),
    )
    plan = planned(you, blocked=ILL_ON_THURSDAY)
    assert sorted(move.appointment.title for move in plan.moves) == ["Call", "Review"]
    assert plan.optimal
    assert plan.cost[:2] == (0, 2)
    assert all(not (at("thu 0") <= move.start < at("fri 0")) for move in plan.moves)
    assert "Stay" not in str(told(plan))
    assert plan.note == "2 events can move."


def test_events_go_where_they_move_the_least() -> None:
    you = busy(appointment("fri 14", "fri 15", "Review"))
    plan = planned(you, blocked=((at("fri 13"), at("fri 17")),))
    assert told(plan) == ["Review Fri 11:00"]
    assert plan.moves[0].reason == "same day, 3 hours earlier"


def test_an_attendee_must_be_free_as_well() -> None:
    you = busy(appointment("thu 9", "thu 10", "Review", people=("Tom",)))
    tom = busy(appointment("wed 9", "wed 17"), appointment("fri 9", "fri 12"))
    plan = planned(you, blocked=ILL_ON_THURSDAY, others={"Tom": tom})
    assert told(plan) == ["Review Fri 13:00"]


def test_the_event_itself_in_the_other_calendar_is_not_in_its_own_way() -> None:
    event_id = uuid4()
    shared = appointment("fri 9", "fri 10", "Review", people=("Tom",), event_id=event_id)
    tom = busy(Appointment(shared.start, shared.end, event_id=event_id), appointment("fri 10", "fri 17"))
    plan = planned(busy(shared), event_ids=frozenset({event_id}), earliest=at("fri 0"), others={"Tom": tom})
    assert plan.unplaced[0][1] == "there is no free time for it"
    plan = planned(
        busy(shared),
        blocked=((at("fri 9:30"), at("fri 10")),),
        earliest=at("fri 0"),
        others={"Tom": tom},
        wishes=wishes_of("mornings"),
    )
    assert plan.unplaced  # half an hour of it is free, not the whole
    assert plan.note == "Review finds no other time."


def test_two_events_never_get_the_same_time() -> None:
    you = busy(
        *(appointment("thu 9", "thu 10", f"E{number}") for number in range(6)), appointment("fri 9", "fri 12", "Stay")
    )
    plan = planned(you, blocked=ILL_ON_THURSDAY, earliest=at("fri 0"))
    times = [move.start for move in plan.moves]
    assert len(set(times)) == len(times)
    assert (len(plan.moves), len(plan.unplaced)) == (5, 1)  # from 12 to 17 there are five hours
    assert plan.unplaced[0][1] == "other events need the times that are free"


def test_another_event_makes_room_only_when_it_may() -> None:
    small = appointment("fri 9", "fri 10", "Small")
    you = busy(appointment("thu 9", "thu 17", "Workshop"), small)
    window = {"blocked": ILL_ON_THURSDAY, "earliest": at("wed 16"), "latest": at("2026-11-28")}
    alone = planned(you, **window)
    assert [one.title for one, _ in alone.unplaced] == ["Workshop"]
    together = planned(you, **window, may_move_others=True)
    assert told(together) == ["Small Wed 16:00", "Workshop Fri 09:00"]


def test_a_whole_day_stays_and_is_told() -> None:
    you = busy(appointment("thu 0", "fri 0", "Fair", all_day=True))
    plan = planned(you, blocked=ILL_ON_THURSDAY)
    assert [(one.title, reason) for one, reason in plan.unplaced] == [("Fair", "it lasts all day")]


def test_nothing_in_the_way_needs_no_plan() -> None:
    plan = planned(busy(appointment("wed 9", "wed 10", "Review")), blocked=ILL_ON_THURSDAY)
    assert (plan.moves, plan.unplaced, plan.note) == ((), (), "Nothing needs to move.")


def test_habits_count_when_an_event_moves() -> None:
    you = busy(appointment("thu 9", "thu 10", "Review"))
    plan = planned(you, blocked=ILL_ON_THURSDAY, habits=Preferences(avoids=("before 10:00",), buffer_after_min=15))
    assert all(move.start.hour >= 10 for move in plan.moves)


def test_what_is_over_stays_where_it_is() -> None:
    past = Appointment(0, 3600, "Long ago")
    assert planned(busy(past), blocked=((at("1970-01-01"), at("1970-01-02")),)).moves == ()
