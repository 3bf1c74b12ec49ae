"""The shipped personas and the sample handbook: complete, speakable, and the PDF is made from its text."""

from ingest.founding import first_personas
from ingest.laptop import sample
from ingest.samples import make_handbook
from ingest.seed import local_timezone
from tools import catalogue
from tools.toolsets import TOOLSETS


def test_the_committed_handbook_is_made_from_its_text() -> None:
    assert make_handbook.make() == make_handbook.TARGET.read_bytes()
    assert make_handbook.TARGET.name == sample.FILENAME


def test_the_handbook_has_five_pages_and_says_when_breakfast_is() -> None:
    pages = "\n\n".join(text if kind != "page" else "\f" for kind, text in blocks()).split("\f")
    assert len(pages) == 5
    assert "Breakfast is served from 7 to 10 AM" in pages[1]


def blocks() -> list[tuple[str, str]]:
    return make_handbook.blocks(make_handbook.SOURCE.read_text("utf-8"))


def test_the_four_personas_are_complete_and_one_is_the_default() -> None:
    personas = first_personas()
    assert [row["slug"] for row in personas] == ["assistant", "receptionist", "real-estate", "clinical"]
    assert [row["slug"] for row in personas if row.get("is_default")] == ["assistant"]
    for row in personas:
        assert row["toolsets"] == ["calendar", "knowledge", "capture"]
        assert 10 < len(str(row["greeting"])) < 100
        assert len(str(row["prompt"])) > 200


def test_what_a_persona_may_name_is_what_the_worker_can_build() -> None:
    assert set(catalogue.TOOLSETS) == set(TOOLSETS)
    assert {str(row["kind"]) for row in first_personas()} < set(catalogue.KINDS)


def test_the_timezone_comes_from_the_environment_or_is_valid() -> None:
    assert local_timezone({"VOICELOOP_TIMEZONE": "Europe/Berlin"}) == "Europe/Berlin"
    assert local_timezone({"TZ": ":Asia/Tokyo"}) == "Asia/Tokyo"
    assert local_timezone({"VOICELOOP_TIMEZONE": "Mars/Base"})
