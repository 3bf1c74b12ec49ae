"""Ports: a taken one is a sentence that names it, the next free one is found."""

import socket

import pytest

from ingest.laptop import ports
from store.errors import Conflict, SettingsError


@pytest.fixture
def taken():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_taken_port_names_itself_and_the_way_out(taken: int) -> None:
    with pytest.raises(Conflict, match=rf"Port {taken} on 127.0.0.1 .*--port \d+"):
        ports.require_free("127.0.0.1", taken)


def test_a_foreign_address_is_a_settings_error() -> None:
    with pytest.raises(SettingsError, match=r"192\.0\.2\.7"):
        ports.require_free("192.0.2.7", 18080)


def test_the_next_free_port_is_found(taken: int) -> None:
    found = ports.free_port("127.0.0.1", taken)
    assert found != taken
    ports.require_free("127.0.0.1", found)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_loopback_addresses(host: str) -> None:
    assert ports.is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org"])
def test_other_addresses_are_not_loopback(host: str) -> None:
    assert not ports.is_loopback(host)
