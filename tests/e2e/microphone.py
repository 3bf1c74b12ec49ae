"""A microphone of the page that a test speaks into when it is its turn, as a person does who waits for an answer.

The browser's own fake device plays one recording by the clock: whoever is slow is talked over, and what was misheard
cannot be said again. Here the page gets a track made of Web Audio; everything behind it is the product's.
"""

from __future__ import annotations

import base64
import re

from playwright.sync_api import Page, expect

from tests.e2e.speech import Sound

SPOKEN_MS = 45_000  # the longest any line of a scripted talk may take to show

INSTALL = """
(() => {
  const context = new AudioContext({ sampleRate: 48000 });
  let out = null;
  navigator.mediaDevices.getUserMedia = async () => {
    await context.resume();
    out = context.createMediaStreamDestination();
    const quiet = context.createConstantSource();
    quiet.offset.value = 0;
    quiet.connect(out);
    quiet.start();
    return out.stream;
  };
  window.sayIntoMicrophone = (encoded) => new Promise((done) => {
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
    const samples = Float32Array.from(new Int16Array(bytes.buffer), (value) => value / 32768);
    const buffer = context.createBuffer(1, samples.length, 48000);
    buffer.copyToChannel(samples, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.onended = () => done(null);
    source.connect(out);
    source.start();
  });
})();
"""


def say(page: Page, sound: Sound) -> None:
    """Speak once the agent listens; returns when the last of it has left."""
    expect(page.get_by_test_id("agent-state")).to_have_attribute("data-state", "listening", timeout=SPOKEN_MS)
    page.evaluate("(sound) => window.sayIntoMicrophone(sound)", base64.b64encode(sound.tobytes()).decode())


def say_until_heard(page: Page, sound: Sound, pattern: str, tries: int = 4) -> None:
    """Speak, and speak again as a person would when the recogniser wrote something else."""
    heard = page.locator('[data-testid="caption-user"][data-final="true"]')
    for _ in range(tries):
        before = heard.count()
        say(page, sound)
        expect(heard).not_to_have_count(before, timeout=SPOKEN_MS)
        if re.search(pattern, " ".join(heard.all_inner_texts()[before:]), re.IGNORECASE):
            return
    raise AssertionError(f"{pattern!r} was never understood: {heard.all_inner_texts()}")
