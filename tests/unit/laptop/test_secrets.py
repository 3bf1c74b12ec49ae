"""Secrets: made once, private, the environment wins, a lost file beside its data stops the start."""

import stat
from pathlib import Path

import pytest

from ingest.laptop.home import Home
from ingest.laptop.secrets import load_or_make
from store.errors import SettingsError


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.create()
    return home


def test_they_are_made_once_and_long_enough(home: Home) -> None:
    made = load_or_make(home, {})
    assert load_or_make(home, {}) == made
    assert len(made["LIVEKIT_API_SECRET"]) >= 32
    assert len(made["VOICELOOP_SECRET_KEY"]) >= 32
    assert stat.S_IMODE(home.secrets.stat().st_mode) == 0o600


def test_the_environment_wins_and_is_not_written_down(home: Home) -> None:
    given = {"LIVEKIT_API_SECRET": "x" * 40}
    assert load_or_make(home, given)["LIVEKIT_API_SECRET"] == "x" * 40
    assert "x" * 40 not in home.secrets.read_text()


def test_a_lost_file_beside_encrypted_files_stops_the_start(home: Home) -> None:
    load_or_make(home, {})
    home.secrets.unlink()
    (home.files / "sealed").touch()
    with pytest.raises(SettingsError, match=r"secrets.json is gone"):
        load_or_make(home, {})


def test_a_damaged_file_is_a_clear_error(home: Home) -> None:
    home.secrets.write_text("{")
    with pytest.raises(SettingsError, match="cannot be read"):
        load_or_make(home, {})
