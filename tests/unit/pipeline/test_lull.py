"""Falling silent is heard before the detector, which smooths its probabilities, says so."""

from agent.pipeline.lull import SMOOTHING, Lull

WINDOW = 512


def _heard(*raw: float) -> list[int | None]:
    """Where the caller fell silent, in windows, after each window of the model's own probabilities."""
    lull, smoothed, told = Lull(16_000), raw[0], list[int | None]()
    for number, value in enumerate(raw, 1):
        smoothed = SMOOTHING * value + (1 - SMOOTHING) * smoothed
        lull.hear(smoothed, number * WINDOW)
        told.append(None if lull.since is None else lull.since // WINDOW)
    return told


def test_two_quiet_windows_are_a_lull_from_where_they_began() -> None:
    assert _heard(1, 1, 1, 0, 0, 0) == [None, None, None, None, 3, 3]


def test_the_closure_before_a_consonant_is_none() -> None:
    assert _heard(1, 1, 0.1, 1, 1) == [None] * 5


def test_it_is_over_when_the_caller_goes_on() -> None:
    assert _heard(1, 1, 0, 0, 0.9)[-1] is None


def test_who_has_not_spoken_does_not_fall_silent() -> None:
    assert _heard(0, 0.1, 0, 0) == [None] * 4


def test_a_detector_that_tells_no_probabilities_tells_no_lull() -> None:
    lull = Lull(16_000)
    for number in range(1, 9):
        lull.hear(0.0, number * WINDOW)
    assert lull.since is None
