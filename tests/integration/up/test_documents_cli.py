"""`voiceloop document` on a real database: what it takes, tells and refuses, also without a job process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from ingest.jobs.presence import is_worked_off
from tests.integration.up.conftest import wait_until
from tests.integration.up.installation import Installation

KEY = "0123456789abcdef" * 4
MENU = (
    "# The kitchen\n\nBreakfast is served from seven to ten in the winter garden.\n\nDinner begins at half past six.\n"
)
SPA = "# The spa\n\nThe spa opens at nine in the morning. Towels are at the counter by the pool.\n"


class Documents:
    """`voiceloop document …` of one installation, with a folder of files to add."""

    def __init__(self, installation: Installation, folder: Path) -> None:
        self.installation = installation
        self.folder = folder
        self.environment = {"VOICELOOP_SECRET_KEY": KEY, "VOICELOOP_FILES": str(folder / "sealed")}
        (folder / "sealed").mkdir()

    def file(self, name: str, content: str) -> str:
        path = self.folder / "given" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        return str(path)

    def run(self, *arguments: str, stdin: str = "") -> Result:
        return self.installation.run("document", *arguments, stdin=stdin, **self.environment)

    def text(self, *arguments: str, stdin: str = "") -> str:
        return self.installation.text("document", *arguments, stdin=stdin, **self.environment)

    def answer(self, *arguments: str) -> Any:
        return self.installation.answer("document", *arguments, **self.environment)

    def refusal(self, *arguments: str) -> str:
        return self.installation.refusal("document", *arguments, **self.environment)

    @contextmanager
    def job_process(self) -> Generator[None]:
        """A real one beside the command, gone when the block ends."""
        needed = {"DATABASE_URL": self.installation.url, "LIVEKIT_URL": "ws://127.0.0.1:9", "LIVEKIT_API_KEY": "key"}
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest.jobs"],
            env={**os.environ, **needed, "LIVEKIT_API_SECRET": "s" * 36, **self.environment},
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(lambda: self.installation.ask(is_worked_off), 60)
            yield
        finally:
            process.kill()
            process.communicate()


@pytest.fixture
def documents(installation: Installation, tmp_path: Path) -> Documents:
    return Documents(installation, tmp_path)


def test_a_folder_is_taken_without_what_is_hidden(documents: Documents) -> None:
    documents.file("menu.md", MENU)
    documents.file("more/spa.md", SPA)
    documents.file(".cache/old.md", "old")
    items = documents.answer("add", str(documents.folder / "given"), "--no-wait")["items"]
    assert [(Path(one["file"]).name, one["status"], one["error"]) for one in items] == [
        ("menu.md", "received", None),
        ("spa.md", "received", None),
    ]
    listed = documents.answer("list")["items"]
    assert {one["filename"] for one in listed} == {"menu.md", "spa.md"}
    assert documents.installation.rows("SELECT task_name FROM procrastinate_jobs") == [
        {"task_name": "analyse_document"},
        {"task_name": "analyse_document"},
    ]


def test_a_pattern_in_quotes_means_the_files_it_fits(documents: Documents) -> None:
    documents.file("menu.md", MENU)
    documents.file("spa.txt", SPA)
    [taken] = documents.answer("add", str(documents.folder / "given" / "*.txt"), "--no-wait")["items"]
    assert taken["title"] == "spa"
    assert "There is no file" in documents.refusal("add", str(documents.folder / "given" / "*.pdf"))


def test_one_refused_file_keeps_no_other_from_being_taken(documents: Documents) -> None:
    bad, good = documents.file("bad.exe", "MZ\0\0"), documents.file("menu.md", MENU)
    result = documents.run("add", bad, good, "--no-wait", "--json")
    assert result.exit_code == 1
    again = documents.run("add", good, "--no-wait")
    assert again.exit_code == 1
    assert "This file is there already, as 'menu'" in again.stdout
    assert [one["filename"] for one in documents.answer("list")["items"]] == ["menu.md"]


def test_without_a_job_process_nobody_waits(documents: Documents) -> None:
    said = documents.text("add", documents.file("menu.md", MENU))
    assert "received" in said
    assert "waits for a job process" in said


def test_options_for_one_file_are_refused_for_several(documents: Documents) -> None:
    files = [documents.file("a.md", "a"), documents.file("b.md", "b")]
    assert "one file at a time" in documents.refusal("add", *files, "--title", "Both")
    assert "--no-wait" in documents.refusal("add", files[0], "--confirm", "--no-wait")
    assert documents.answer("list") == {"items": []}


def test_what_is_not_analysed_cannot_be_confirmed_or_rejected(documents: Documents) -> None:
    documents.text("add", documents.file("menu.md", MENU), "--no-wait")
    assert "has not been analysed yet" in documents.refusal("confirm", "menu")
    assert "has not been analysed yet" in documents.refusal("reject", "MENU.md")
    assert "no document called 'spa'" in documents.refusal("show", "spa")
    assert "Did you mean 'menu'?" in documents.refusal("show", "men")


def test_the_list_knows_which_statuses_there_are(documents: Documents) -> None:
    documents.text("add", documents.file("menu.md", MENU), "--no-wait")
    assert [one["status"] for one in documents.answer("list", "--status", "received")["items"]] == ["received"]
    assert documents.answer("list", "--status", "ready") == {"items": []}
    assert "A status is one of received" in documents.refusal("list", "--status", "done")


def test_several_documents_of_one_name_are_told_apart_by_id(documents: Documents) -> None:
    for folder, text in (("a", MENU), ("b", SPA)):
        documents.text("add", documents.file(f"{folder}/rules.md", text), "--no-wait")
    said = documents.refusal("show", "rules")
    ids = [one["document_id"] for one in documents.answer("list")["items"]]
    assert all(one in said for one in ids)
    assert documents.answer("show", ids[0])["document_id"] == ids[0]


def test_a_document_is_removed_only_after_a_yes(documents: Documents) -> None:
    documents.text("add", documents.file("menu.md", MENU), "--no-wait")
    assert len(list((documents.folder / "sealed").glob("*/*"))) == 1
    assert "Nothing was done" in str(documents.run("delete", "menu", stdin="n\n").exception)
    assert documents.text("delete", "menu", stdin="y\n").endswith("menu (version 1) is removed.\n")
    assert documents.answer("list") == {"items": []}
    assert list((documents.folder / "sealed").glob("*/*")) == []


def test_without_the_secret_key_nothing_is_taken(documents: Documents) -> None:
    del documents.environment["VOICELOOP_SECRET_KEY"]
    assert "Set VOICELOOP_SECRET_KEY" in documents.refusal("add", documents.file("menu.md", MENU))


def test_from_a_file_to_an_answer_beside_a_job_process(documents: Documents) -> None:
    with documents.job_process():
        [added] = documents.answer("add", documents.file("menu.md", MENU * 3), "--title", "Menu", "--confirm")["items"]
        assert (added["title"], added["version"], added["error"]) == ("Menu", 1, None)
        if added["status"] == "awaiting_confirmation":  # a short text is not always recommended
            assert added["recommended_for_rag"] is False
            [added] = documents.answer("confirm", "Menu")["items"]
        assert added["status"] == "ready"
        found = documents.answer("search", "When is breakfast served?")
        assert found["answered"]
        assert "from seven to ten" in found["results"][0]["citation"]["quote"]
        told = documents.text("search", "When is breakfast served?")
        assert "»Breakfast is served from seven to ten in the winter garden.«" in told
        assert "couldn't find that" in documents.text("search", "Who repairs the lift on Sundays?")
        new = documents.file("menu-2.md", MENU.replace("seven", "eight") * 3)
        [second] = documents.answer("add", new, "--replace", "Menu")["items"]
        assert (second["version"], second["status"]) == (2, "awaiting_confirmation")
        assert "Versions" in documents.text("show", second["document_id"])
        [second] = documents.answer("confirm", second["document_id"])["items"]
        assert second["status"] == "ready"
        found = documents.answer("search", "When is breakfast served?")
        assert "from eight to ten" in found["results"][0]["citation"]["quote"]
        assert "indexed with all-MiniLM-L6-v2 already" in documents.refusal("reindex")
    channels = documents.installation.rows("SELECT DISTINCT channel FROM knowledge_queries")
    assert channels == [{"channel": "cli"}]
