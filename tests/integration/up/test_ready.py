"""What a first `voiceloop up` gives: a ready product, the owner's key, personas, handbook, nothing beyond loopback."""

import ipaddress
import json
import stat
import urllib.error
import urllib.request
from typing import Any

import psutil
import pytest

from tests.integration.up.conftest import Up, wait_until

pytestmark = [pytest.mark.xdist_group("e2e"), pytest.mark.timeout(600)]


def get(up: Up, path: str) -> Any:
    key = (up.home / "owner.key").read_text().strip()
    request = urllib.request.Request(up.url + path, headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def test_ready_means_that_a_worker_is_registered(running: Up) -> None:
    with urllib.request.urlopen(running.url + "/ready", timeout=10) as response:
        assert response.status == 200


def test_every_step_is_told_with_its_time(running: Up) -> None:
    for step in ("Database", "Migrations", "Media server", "Page", "Sidecar", "Worker", "Sample handbook"):
        assert any(f" {step}: " in line and line.endswith(" s)") for line in running.lines), running.output


def test_the_owners_key_opens_the_tenant(running: Up) -> None:
    path = running.home / "owner.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    me = get(running, "/api/me")
    assert me["tenant"]["slug"] == "demo"
    assert me["user"]["role"] == "owner"


def test_the_four_personas_are_there(running: Up) -> None:
    items = get(running, "/api/personas")["items"]
    assert {item["slug"] for item in items} == {"assistant", "receptionist", "real-estate", "clinical"}
    assert [item["slug"] for item in items if item["is_default"]] == ["assistant"]


def test_the_sample_handbook_is_searchable(running: Up) -> None:
    [handbook] = get(running, "/api/files")["items"]
    assert (handbook["status"], handbook["title"]) == ("ready", "Harbour House handbook")


def test_nothing_listens_beyond_loopback(running: Up) -> None:
    mine = {process.pid for process in running.processes()}
    for connection in psutil.net_connections("inet"):
        open_to_others = connection.status in {psutil.CONN_LISTEN, psutil.CONN_NONE}
        # whose the sidecar's connections are, only root is told: it keeps its memory to itself
        if connection.laddr and open_to_others and (connection.pid in mine or connection.laddr.port == running.port):
            assert ipaddress.ip_address(connection.laddr.ip).is_loopback, connection


def test_a_wrong_key_is_refused(running: Up) -> None:
    request = urllib.request.Request(running.url + "/api/me", headers={"Authorization": "Bearer vl_wrong"})
    with pytest.raises(urllib.error.HTTPError, match="401") as refused:
        urllib.request.urlopen(request, timeout=10)
    refused.value.close()


def test_a_second_up_on_the_same_home_says_so(running: Up) -> None:
    second = Up(running.home, running.port + 1)
    try:
        assert second.wait_ended() == 1
        assert f"process {running.process.pid}, {running.url}" in second.output
    finally:
        second.process.kill()
        second.process.wait()
        assert second.process.stdout is not None
        second.process.stdout.close()


def test_a_killed_worker_is_started_again(running: Up) -> None:
    worker = running.child("agent")
    worker.kill()
    worker.wait(10)
    wait_until(lambda: "worker ended" in running.output, 20)
    again = wait_until(lambda: _child(running, "agent"), 20)
    assert again.pid != worker.pid


def _child(up: Up, name: str) -> psutil.Process | None:
    try:
        return up.child(name)
    except StopIteration:
        return None
