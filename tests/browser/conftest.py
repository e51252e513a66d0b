"""A real browser, and windows in it that notice every error a page makes."""

import os
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.chromium import ADVICE, SIZES, find_chromium, launched
from tests.visitors import Person, Site


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-sizes", action="store_true", help="walk through the pages at every size of window (pytest tests/browser)"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "size" in metafunc.fixturenames:
        # Started for all tests, pytest meets this file too late to know the flag: the variable says the same.
        every = (
            metafunc.config.getoption("--all-sizes", default=False) or os.environ.get("TIDINGS_BROWSER_SIZES") == "all"
        )
        metafunc.parametrize("size", list(SIZES) if every else ["desk"])


@pytest.fixture(scope="session")
def chromium() -> str:
    path = find_chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(ADVICE)
        pytest.skip(ADVICE)
    return path


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with launched(chromium) as browser:
        yield browser


class Windows:
    """Opens windows on the site. What goes wrong in a page is collected, and fails the test unless it was expected."""

    def __init__(self, browser: Browser, site: Site, size: str) -> None:
        self.browser = browser
        self.site = site
        self.size = size
        self.troubles: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def expect_trouble(self, pattern: str) -> None:
        """Errors that match belong to what is being tried."""
        self._expected.append(re.compile(pattern))

    @property
    def unexpected(self) -> list[str]:
        return [trouble for trouble in self.troubles if not any(known.search(trouble) for known in self._expected)]

    async def context(self, person: Person | None = None, **options: Any) -> BrowserContext:
        """A browser of one person (or of a stranger), with cookies of its own."""
        width, height = SIZES[self.size]
        options.setdefault("viewport", {"width": width, "height": height})
        context = await self.browser.new_context(base_url=self.site.url, **options)
        context.set_default_timeout(10_000)
        if person is not None:
            await context.add_cookies(
                [{"name": name, "value": value, "url": self.site.url} for name, value in person.cookies.items()]
            )
        return context

    async def open(self, path: str, person: Person | None = None, **options: Any) -> Page:
        """A window of its own at this address."""
        return await self.tab(await self.context(person, **options), path)

    async def tab(self, context: BrowserContext, path: str) -> Page:
        page = await context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))
        await page.goto(path)
        return page

    async def open_live(self, path: str, person: Person | None = None, **options: Any) -> Page:
        """A window at this address, once it is live."""
        page = await self.open(path, person, **options)
        await is_live(page)
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"{message.location.get('url', '')}: {message.text}")


async def is_live(page: Page) -> None:
    """Wait until the page says that it is live."""
    await expect(page.locator("[data-live=live]")).to_be_visible()


@pytest.fixture
async def windows(browser: Browser, site: Site, request: pytest.FixtureRequest) -> AsyncIterator[Windows]:
    size = request.getfixturevalue("size") if "size" in request.fixturenames else "desk"
    windows = Windows(browser, site, size)
    yield windows
    assert not windows.unexpected, "the pages made errors:\n" + "\n".join(windows.unexpected)


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """A busy machine may need longer than five seconds to show something."""
    expect.set_options(timeout=10_000)
    yield
    expect.set_options(timeout=5_000)
