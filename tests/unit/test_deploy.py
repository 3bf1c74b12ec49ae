"""The files of a deployment hang together: what they copy is there, what they set is known."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
# of other programs, or of the composition itself
FOREIGN = {"POSTGRES_PASSWORD", "VOICELOOP_CONTAINER_FILES", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


def _known_settings() -> set[str]:
    return set(re.findall(r"^([A-Z0-9_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE))


def test_what_the_image_copies_is_in_the_repository() -> None:
    copied = [line.split()[1:-1] for line in re.findall(r"^COPY (?!--from).*$", DOCKERFILE, re.MULTILINE)]
    sources = [source for line in copied for source in line]
    assert sources
    assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_image_installs_what_documents_are_read_with() -> None:
    for package in ("libgomp1", "libmagic1", "tesseract-ocr", "tesseract-ocr-eng"):
        assert package in DOCKERFILE


def test_the_composition_sets_only_what_the_programs_read() -> None:
    used = set(re.findall(r"\$\{([A-Z0-9_]+)", (ROOT / "deploy" / "compose.yaml").read_text("utf-8")))
    assert used - FOREIGN <= _known_settings()
    assert set(COMPOSE["x-voiceloop"]["environment"]) <= _known_settings()


def test_every_service_waits_for_and_mounts_what_there_is() -> None:
    services = COMPOSE["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        named = [volume.split(":")[0] for volume in service.get("volumes", []) if not volume.startswith((".", "/"))]
        assert set(named) <= set(COMPOSE["volumes"])


def test_scanner_and_storage_start_only_when_asked_for() -> None:
    profiles = {name: one["profiles"] for name, one in COMPOSE["services"].items() if "profiles" in one}
    assert profiles == {"clamav": ["scanner"], "minio": ["storage"]}
