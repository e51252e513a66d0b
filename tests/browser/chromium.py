"""Finding and starting the browser that the tests and the screenshots use."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

__all__ = ["ADVICE", "SIZES", "find_chromium", "launched"]

ADVICE = (
    "There is no Chromium on this machine. Install it with `apt-get install chromium` (Debian) or put one on PATH "
    "as `chromium`, and the browser tests will run."
)
SIZES = {"desk": (1280, 900), "phone": (390, 844), "narrow": (320, 640)}
NAMES = ("chromium", "chromium-browser", "google-chrome")
# A sandbox needs rights that containers do not give; the pages are our own.
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def find_chromium() -> str | None:
    """The path of a Chromium of this machine, or None."""
    return next((path for name in NAMES if (path := shutil.which(name)) is not None), None)


@asynccontextmanager
async def launched(path: str) -> AsyncIterator[Browser]:
    """A browser with an empty profile of its own, gone afterwards."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()
