"""Ready sentences are made once on a machine, however many processes start at the same time."""

from pathlib import Path

from agent.pipeline.ready_sounds import alone


def test_one_process_makes_them_and_the_next_one_has_its_turn_afterwards(tmp_path: Path) -> None:
    lock = tmp_path / "sounds.lock"
    with alone(lock, 0.0) as first:
        assert first
        with alone(lock, 0.0) as second:  # another descriptor is another holder, as another process is
            assert not second
    with alone(lock, 0.0) as third:
        assert third


def test_a_folder_that_is_not_there_stops_nobody(tmp_path: Path) -> None:
    with alone(tmp_path / "nowhere" / "sounds.lock", 0.0) as is_alone:
        assert not is_alone
