"""Open pages follow what happens to people: who is suspended vanishes from them, who is renamed is renamed."""

from playwright.async_api import expect

from tests.browser.conftest import Windows
from tests.running import Server
from tests.shell import tidings
from tests.visitors import Site


async def test_posts_of_somebody_suspended_leave_open_pages_and_come_back(
    windows: Windows, site: Site, server: Server, size: str
) -> None:
    windows.expect_trouble("404")
    ada, ben = await site.sign_up(), await site.sign_up()
    await ben.follow(ada)
    shown = await ada.publish("I am shown.")
    home = await windows.open_live("/", ben)
    profile = await windows.open_live(f"/@{ada.name}", ben)
    own = await windows.open_live(f"/@{ada.name}/{shown}", ben)
    waiting = await ada.publish("I wait behind the pill.")
    pill = home.locator("[data-new]")
    await expect(pill).to_have_text("1 new post")

    await tidings(server, "user", "suspend", ada.name)
    for page in (home, profile, own):
        await expect(page.locator(f'article[data-author][data-id="{shown}"]')).to_have_count(0)
        await expect(page.get_by_text("I am shown.")).to_have_count(0)
    await expect(pill).to_be_hidden()
    await expect(own.get_by_text("This post has been removed.")).to_be_visible()

    await tidings(server, "user", "restore", ada.name)
    await expect(own.get_by_text("I am shown.")).to_be_visible()
    await expect(pill).to_have_text("2 new posts")
    await pill.click()
    for post_id in (shown, waiting):
        await expect(home.locator(f'article[data-id="{post_id}"]')).to_be_visible()


async def test_a_new_name_is_written_into_open_pages(windows: Windows, site: Site, server: Server, size: str) -> None:
    boss, ada, ben = [await site.sign_up() for _ in range(3)]
    await tidings(server, "user", "promote", boss.name, "--role", "administrator")
    await ben.follow(ada)
    shown = await ada.publish("Mine.", title="A title")
    home = await windows.open_live("/", ben)
    own = await windows.open_live(f"/@{ada.name}/{shown}", ben)
    waiting = await ada.publish("And mine.")
    pill = home.locator("[data-new]")
    await expect(pill).to_have_text("1 new post")

    new = f"{ada.name}x"
    await boss.post(f"/admin/users/{ada.name}", {"username": new, "name": "Somebody New"})
    for page, post_id in ((home, shown), (own, shown)):
        article = page.locator(f'article[data-id="{post_id}"]')
        await expect(article.locator(".author .name")).to_have_text("Somebody New")
        await expect(article.locator(".author .handle")).to_have_text(f"@{new}")
        await expect(article.locator("a.when")).to_have_attribute("href", f"/@{new}/{shown}")
    await pill.click()
    article = home.locator(f'article[data-id="{waiting}"]')
    await expect(article.locator(".author .handle")).to_have_text(f"@{new}")
    await article.locator("a.when").click()
    await expect(home.get_by_text("And mine.")).to_be_visible()
    assert home.url.endswith(f"/@{new}/{waiting}")
