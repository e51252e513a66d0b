"""Every flow with plain forms and links: a script only makes it nicer."""

from urllib.parse import urlsplit

from playwright.async_api import expect

from tests.browser.conftest import Windows
from tests.letters import Letters
from tests.people import PASSWORD
from tests.visitors import Site


async def test_from_joining_to_removing_a_post(windows: Windows, site: Site, size: str) -> None:
    other = await site.sign_up()
    await other.publish("Somebody to follow.")
    name = site.unused_name("plain")
    page = await windows.open("/register", java_script_enabled=False)

    await page.get_by_label("User name").fill(name)
    await page.get_by_label("Email").fill(f"{name}@example.org")
    await page.get_by_label("Password").fill("short")
    windows.expect_trouble("422")
    await page.get_by_role("button", name="Join").click()
    await expect(page.locator("[data-error=password]")).not_to_be_empty()
    await expect(page.get_by_label("User name")).to_have_value(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Join").click()
    await page.wait_for_url("**/login")

    letter = await site.letters.newest_to(f"{name}@example.org")
    await page.goto(urlsplit(Letters.link(letter)).path)
    await page.get_by_role("button", name="Confirm").click()
    await page.wait_for_url("**/login")

    await page.get_by_label("User name or email").fill(name)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Home", level=1)).to_be_visible()
    await expect(page.locator("[data-live]")).to_be_hidden()
    await expect(page.locator("[data-new]")).to_be_hidden()

    await page.goto(f"/@{other.name}")
    await page.get_by_role("button", name="Follow", exact=False).first.click()
    await expect(page.get_by_role("button", name="Unfollow")).to_be_visible()
    await page.goto("/")
    await expect(page.locator("main article")).to_contain_text(["Somebody to follow."])

    await page.get_by_label("What is new?").fill("Plain *forms* work.")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.locator("article.whole em")).to_have_text("forms")

    await page.get_by_role("link", name="Edit").click()
    await expect(page.locator("[data-preview]")).to_be_hidden()
    await page.get_by_label("Text").fill("Plain *edited* forms work.")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("article.whole em")).to_have_text("edited")

    await page.get_by_text("Remove", exact=True).click()
    await page.get_by_role("button", name="Yes, remove it").click()
    await page.wait_for_url(f"**/@{name}")
    await expect(page.locator("main article")).to_have_count(0)

    await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()
