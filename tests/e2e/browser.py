"""Headless Chromium with a fake microphone that plays a WAV file from the moment it is opened."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.e2e.speech import Sound, silence, write_wav

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)


def script(*parts: tuple[float, Sound]) -> Sound:
    """One recording: each part is seconds of silence and what is said after it; a minute of silence at the end."""
    pieces = [piece for pause_s, sound in parts for piece in (silence(pause_s), sound)]
    return np.concatenate([*pieces, silence(60)])


@contextmanager
def open_page(url: str, folder: Path, microphone: Sound) -> Iterator[Page]:
    """The page in a fresh browser; its errors fail the test, its pictures go to ``folder``."""
    wav = folder / "microphone.wav"
    write_wav(wav, microphone)
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[*FLAGS, f"--use-file-for-fake-audio-capture={wav}%noloop"],
        )
        try:
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.on("pageerror", lambda error: errors.append(str(error)))
            page.goto(url)
            yield page
            page.screenshot(path=folder / "end.png")
        except BaseException:
            page.screenshot(path=folder / "failed.png")
            raise
        finally:
            browser.close()
    assert errors == []
