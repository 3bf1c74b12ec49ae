"""When the page is built: only with sources, only when they changed."""

from pathlib import Path

import pytest

from ingest.laptop import page, toolchains


@pytest.fixture
def web(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.tsx").write_text("one")
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "node_modules" / "react").mkdir(parents=True)
    return tmp_path


def built(web: Path) -> None:
    (web / "dist").mkdir(exist_ok=True)
    (web / "dist" / page.STAMP).write_text(page.fingerprint(page.sources(web), web))


def test_a_wheel_without_sources_builds_nothing(tmp_path: Path) -> None:
    assert not page.needs_build(tmp_path)


def test_sources_that_were_never_built_need_it(web: Path) -> None:
    assert page.needs_build(web)


def test_built_sources_need_no_build_until_one_changes(web: Path) -> None:
    built(web)
    assert not page.needs_build(web)
    (web / "src" / "main.tsx").write_text("two")
    assert page.needs_build(web)


def test_a_new_or_renamed_source_counts_as_a_change(web: Path) -> None:
    built(web)
    (web / "src" / "main.tsx").rename(web / "src" / "other.tsx")
    assert page.needs_build(web)


def test_installed_packages_and_the_build_itself_do_not_count(web: Path) -> None:
    built(web)
    (web / "node_modules" / "react" / "index.js").write_text("changed")
    (web / "dist" / "index.html").write_text("changed")
    assert not page.needs_build(web)


@pytest.mark.parametrize(
    ("found", "suits"),
    [
        ((20, 18, 0), False),
        ((20, 19, 0), True),
        ((21, 7, 0), False),
        ((22, 11, 0), False),
        ((24, 1, 0), True),
        ((), False),
    ],
)
def test_which_node_suits(found: tuple[int, ...], suits: bool) -> None:
    assert toolchains.node_suits(found) is suits
