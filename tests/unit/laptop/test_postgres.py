"""The database URL of the embedded Postgres, whatever characters the home has."""

from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from ingest.laptop import postgres
from ingest.laptop.home import Home


@pytest.mark.parametrize("name", ["plain", "a b", "hö%41é", "a&b=c?d#e+f"])
def test_the_url_names_the_socket_directory_exactly(tmp_path: Path, name: str) -> None:
    sockets = tmp_path / name
    url = postgres.url_of(sockets)
    assert url.isascii()
    assert conninfo_to_dict(url)["host"] == str(sockets)


@pytest.mark.parametrize("name", ["a,b", "a\nb", "a\udcffb"])
def test_sockets_stay_out_of_a_home_that_no_url_can_name(tmp_path: Path, name: str) -> None:
    home = Home(tmp_path / name)
    folder = home.socket_directory("pg")
    try:
        assert not folder.is_relative_to(home.path)
    finally:
        folder.rmdir()
