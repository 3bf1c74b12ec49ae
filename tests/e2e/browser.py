"""Headless Chromium: one page with a microphone that the test speaks into, or several people with a browser each."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.e2e import microphone

expect.set_options(timeout=30_000)  # two cores that many tests share
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


@contextmanager
def open_page(url: str, folder: Path) -> Generator[Page]:
    """The page in a fresh browser; its errors fail the test, its pictures go to ``folder``."""
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.add_init_script(microphone.INSTALL)
        try:
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


class People:
    """One browser, and for everybody a context of their own: nobody has another's cookies.

    What goes wrong in any page (an exception, something the Content-Security-Policy forbids, a request to another
    host) is in ``troubles``.
    """

    def __init__(self, browser: Browser, url: str, folder: Path) -> None:
        self._browser, self._url, self._folder = browser, url, folder
        self._pages: list[Page] = []
        self.troubles: list[str] = []

    def arrive(self, path: str = "/") -> Page:
        """Somebody else opens the page at ``path``."""
        return self._open(self._browser.new_context(viewport={"width": 1280, "height": 860}), path)

    def second_tab(self, page: Page, path: str = "/") -> Page:
        """Another tab of the same person's browser: with the same cookies."""
        return self._open(page.context, path)

    def picture(self, when: str) -> None:
        for number, page in enumerate(self._pages, start=1):
            page.screenshot(path=self._folder / f"{when}-{number}.png")

    def _open(self, context: BrowserContext, path: str) -> Page:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.add_init_script(_REPORT_VIOLATIONS)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", self._read)
        page.on("request", lambda request: self._require_own(request.url))
        self._pages.append(page)
        page.goto(self._url + path)
        return page

    def _read(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or message.text.startswith("csp:"):
            self.troubles.append(message.text)

    def _require_own(self, url: str) -> None:
        if urlsplit(url).netloc != urlsplit(self._url).netloc and not url.startswith(("data:", "blob:")):
            self.troubles.append(f"asked another host: {url}")


_REPORT_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`csp: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@contextmanager
def open_people(url: str, folder: Path) -> Generator[People]:
    """Several people with the page; what went wrong in their browsers fails the test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        people = People(browser, url, folder)
        try:
            yield people
            people.picture("end")
        except BaseException:
            people.picture("failed")
            raise
        finally:
            browser.close()
    assert people.troubles == []
