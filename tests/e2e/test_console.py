"""`voiceloop console --text`: the same conversation in a terminal, by typing."""

from __future__ import annotations

import subprocess

from tests.e2e.stack import REPOSITORY, VOICELOOP, Stack


def test_a_typed_console_conversation_answers_books_and_is_recorded(calendar: Stack) -> None:
    lines = "What time is breakfast served?\nBook a meeting with Anna tomorrow at 3 pm\nyes please\ngoodbye\n"
    done = subprocess.run(
        [VOICELOOP, "console", "--text"],
        input=lines,
        cwd=REPOSITORY,
        env=calendar.client_environment(),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Breakfast is served from 7" in done.stdout
    assert len(calendar.rows("SELECT id FROM events")) == 1
    talks = calendar.rows("SELECT status, channel FROM conversations WHERE channel = 'console'")
    assert talks == [{"status": "ended", "channel": "console"}]
