"""Pages as they look and behave: nothing sticks out, both texts of a conflict, a preview while writing."""

from playwright.async_api import Page, expect

from tests.browser.conftest import Windows
from tests.visitors import Site

AWKWARD = "\n\n".join(
    (
        "W" * 300,
        "هذا نص من اليمين إلى اليسار، وفيه *تأكيد*.",
        "| "
        + " | ".join(f"Column {number}" for number in range(12))
        + " |\n"
        + "|---" * 12
        + "|\n"
        + "| value " * 12
        + "|",
        "```python\n"
        + "\n".join(f"print('a long line of code, number {line}', {'x' * 120!r})" for line in range(60))
        + "\n```",
        "> " * 12 + "deep",
        "- " + "\n- ".join("item" for _ in range(5)),
    )
)


async def sticks_out(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    root = "document.documentElement"
    return int(await page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


async def test_nothing_sticks_out_of_a_narrow_window(windows: Windows, site: Site) -> None:
    writer = await site.sign_up()
    post = await writer.publish(AWKWARD, title="T" * 120)
    paths = ("/", "/public", f"/@{writer.name}", f"/@{writer.name}/{post}", f"/posts/{post}/edit", "/posts/new")
    for width in (320, 390, 640, 1024, 1280):
        context = await windows.context(writer, viewport={"width": width, "height": 800})
        page = await context.new_page()
        for path in (*paths, f"/@{writer.name}/followers", "/nothing-here"):
            await page.goto(path)
            assert await sticks_out(page) <= 0, f"{path} at {width} pixels"
        await context.close()


async def test_a_conflict_shows_both_texts(windows: Windows, site: Site) -> None:
    windows.expect_trouble("409")
    writer = await site.sign_up()
    post = await writer.publish("The beginning.")
    page = await windows.open(f"/posts/{post}/edit", writer)
    await page.get_by_label("Text").fill("What I wrote.")
    await writer.edit(post, "What the other window wrote.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("[data-theirs]")).to_have_text("What the other window wrote.")
    await expect(page.get_by_label("Text")).to_have_value("What I wrote.")
    await page.get_by_label("Text").fill("Both together.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("article.whole")).to_contain_text("Both together.")


async def test_a_preview_follows_what_is_typed(windows: Windows, site: Site) -> None:
    page = await windows.open("/posts/new", await site.sign_up())
    await expect(page.locator("[data-preview]")).to_be_hidden()
    await page.get_by_label("Text").fill("It is **bold**.")
    await expect(page.locator("[data-preview] strong")).to_have_text("bold")
    await page.get_by_label("Text").fill("")
    await expect(page.locator("[data-preview]")).to_be_hidden()


async def test_the_first_steps_lead_to_people(windows: Windows, site: Site, size: str) -> None:
    writer, newcomer = await site.sign_up(), await site.sign_up()
    await writer.publish("Hello, newcomers.")
    page = await windows.open_live("/", newcomer)
    await expect(page.locator("main")).to_have_attribute("data-channel", "public")
    await expect(page.locator(".welcome")).to_be_visible()
    await page.locator(".welcome").get_by_role("button", name="Follow").first.click()
    await page.goto("/")
    await expect(page.locator("main")).to_have_attribute("data-channel", "home")


async def test_the_keyboard_reaches_the_content_first(windows: Windows, site: Site) -> None:
    page = await windows.open("/public")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()


async def test_a_missing_page_says_so_and_leads_on(windows: Windows, site: Site, size: str) -> None:
    windows.expect_trouble("404")
    page = await windows.open("/@nobody.at.all")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Nothing here")
    await page.get_by_role("link", name="To the front page").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Everyone")
