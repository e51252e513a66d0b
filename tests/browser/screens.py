"""Pictures of the site with its demo in it: `python -m tests.browser.screens [folder]`.

With a folder: every screen, at the size of a phone and of a desk, light and dark. Without: the README's picture alone,
into docs/img.
"""

import argparse
import asyncio
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.async_api import Browser, Page, expect

from tests.browser.chromium import ADVICE, SIZES, find_chromium, launched
from tests.running import Server, clean_environment
from tests.visitors import Person, Site

HERE = Path(__file__).resolve().parents[2]
PASSWORD = re.compile(r"the password (\S+)")
Theme = Literal["light", "dark"]


class Studio:
    """A running site with its demo, and who stands before the camera."""

    def __init__(self, site: Site, browser: Browser, ada: Person, noor: Person) -> None:
        self.site, self.browser = site, browser
        self.ada, self.noor = ada, noor
        self.newcomer: Person | None = None
        self.post = ""
        self.litter: list[int] = []

    async def window(self, who: Person | None, path: str, size: str, theme: Theme) -> Page:
        width, height = SIZES[size]
        context = await self.browser.new_context(
            base_url=self.site.url, viewport={"width": width, "height": height}, color_scheme=theme
        )
        if who is not None:
            await context.add_cookies(
                [{"name": name, "value": value, "url": self.site.url} for name, value in who.cookies.items()]
            )
        page = await context.new_page()
        await page.goto(path)
        return page


async def nothing(page: Page, studio: Studio) -> None:
    pass


async def with_news(page: Page, studio: Studio) -> None:
    """Two posts arrive while the page is open; afterwards they go, so that every picture shows the same demo."""
    await expect(page.locator("[data-live=live]")).to_be_visible()
    texts = ("The bridge is up again: three cranes and a very patient harbour master.", "And it holds.")
    posts = [await studio.noor.publish(text) for text in texts]
    await expect(page.locator("[data-new]")).to_have_text("2 new posts")
    studio.litter = posts


async def with_errors(page: Page, studio: Studio) -> None:
    await page.get_by_label("User name").fill("ada")
    await page.get_by_label("Email").fill("ada@example.org")
    await page.get_by_label("Password").fill("short")
    await page.get_by_role("button", name="Join").click()
    await expect(page.locator("[data-error]").first).to_be_visible()


async def with_conflict(page: Page, studio: Studio) -> None:
    post = studio.post.rsplit("/", 1)[1]
    await page.goto(f"/posts/{post}/edit")
    await page.get_by_label("Text").fill("What I changed in this window.")
    await studio.ada.edit(int(post), "What was changed in the other window meanwhile.", title="A title")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("[data-theirs]")).to_be_visible()


async def with_preview(page: Page, studio: Studio) -> None:
    await page.get_by_label("Title").fill("Low water")
    await page.get_by_label("Text").fill("Walked out to the *second* sandbank.\n\n- one seal\n- no phone signal\n")
    await expect(page.locator("[data-preview] li").first).to_be_visible()


SCREENS: dict[str, tuple[str, str, Callable[[Page, Studio], Awaitable[None]]]] = {
    "home": ("ada", "/", nothing),
    "news": ("ada", "/", with_news),
    "public": ("", "/public", nothing),
    "welcome": ("newcomer", "/", nothing),
    "post": ("ada", "{post}", nothing),
    "profile": ("ada", "/@mirek", nothing),
    "followers": ("ada", "/@ada/followers", nothing),
    "nothing-yet": ("newcomer", "/@newcomer", nothing),
    "write": ("ada", "/posts/new", with_preview),
    "conflict": ("ada", "{post}", with_conflict),
    "join": ("", "/register", with_errors),
    "sign-in": ("", "/login", nothing),
    "confirm": ("", "/confirm", nothing),
    "settings": ("ada", "/settings/profile", nothing),
    "password": ("ada", "/settings/password", nothing),
    "sessions": ("ada", "/settings/sessions", nothing),
    "two-steps": ("ada", "/settings/two-factor", nothing),
    "missing": ("", "/@nobody/1", nothing),
}


async def photograph(studio: Studio, folder: Path, names: list[str], sizes: list[str], themes: list[Theme]) -> None:
    people = {"ada": studio.ada, "newcomer": studio.newcomer, "": None}
    for name in names:
        who, path, prepare = SCREENS[name]
        for size in sizes:
            for theme in themes:
                page = await studio.window(people[who], path.format(post=studio.post), size, theme)
                await prepare(page, studio)
                target = folder / f"{name}-{size}-{theme}.png"
                await page.screenshot(path=target, animations="disabled")
                await page.context.close()
                while studio.litter:
                    await studio.noor.remove(studio.litter.pop())
                print(target)


async def take(url: str, server: Server, password: str, folder: Path | None) -> None:
    path = find_chromium()
    if path is None:
        sys.exit(ADVICE)
    async with Site(url, server.letters) as site, launched(path) as browser:
        ada, noor = (Person(site, name, f"{name}@example.org", password) for name in ("ada", "noor"))
        await ada.sign_in()
        await noor.sign_in()
        studio = Studio(site, browser, ada, noor)
        if folder is None:
            picture = HERE / "docs" / "img" / "tidings.png"
            page = await studio.window(ada, "/", "desk", "light")
            await with_news(page, studio)
            await page.screenshot(path=picture, animations="disabled")
            print(picture.relative_to(HERE))
            return
        studio.newcomer = await site.sign_up("newcomer")
        await studio.newcomer.get("/")  # reads the notices of signing up, which would be in every picture
        public = await ada.get(f"/@{ada.name}")
        studio.post = f"/@{ada.name}/{public.post_ids[0]}"
        await photograph(studio, folder, list(SCREENS), ["phone", "desk"], ["light", "dark"])


def main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of every screen of the demo.")
    parser.add_argument("folder", nargs="?", type=Path, help="where to; without it, the README's picture into docs/img")
    folder: Path | None = parser.parse_args().folder
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as room:
        server = Server(Path(room), workers=1)
        made = subprocess.run(
            [sys.executable, "-m", "tidings", "demo"],
            cwd=room,
            env=clean_environment() | {"TIDINGS_DATA_DIR": f"{room}/data"},
            capture_output=True,
            text=True,
            check=True,
        )
        found = PASSWORD.search(made.stdout)
        assert found is not None, made.stdout + made.stderr
        server.start()
        try:
            asyncio.run(take(server.url, server, found[1], folder))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
