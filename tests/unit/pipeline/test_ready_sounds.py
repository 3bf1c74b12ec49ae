"""Ready sentences are made once on a machine, however many processes start at the same time."""

from pathlib import Path

from agent.pipeline.ready_sounds import alone


def test_one_process_makes_them_and_the_next_one_has_its_turn_afterwards(tmp_path: Path) -> None:
    lock = tmp_path / "sounds.lock"
    with alone(lock, 60.0) as first_s:
        assert first_s > 0
        with alone(lock, 0.0) as second_s:  # another descriptor is another holder, as another process is
            assert second_s == 0
    with alone(lock, 60.0) as third_s:
        assert third_s > 0


def test_a_folder_that_is_not_there_stops_nobody(tmp_path: Path) -> None:
    with alone(tmp_path / "nowhere" / "sounds.lock", 60.0) as left_s:
        assert left_s == 60.0
