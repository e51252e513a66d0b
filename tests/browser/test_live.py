"""Two windows side by side: what happens in one is seen in the other, without moving who reads there."""

import asyncio
import re

from playwright.async_api import Locator, Page, WebSocketRoute, expect

from tests.browser.conftest import Windows, is_live
from tests.visitors import Site


def article(page: Page, post_id: int) -> Locator:
    return page.locator(f'article[data-id="{post_id}"]')


async def top_of(page: Page, post_id: int) -> float:
    box = await article(page, post_id).bounding_box()
    assert box is not None
    return box["y"]


async def test_a_post_waits_behind_the_pill_and_is_inserted_on_click(windows: Windows, site: Site, size: str) -> None:
    writer, reader = await site.sign_up(), await site.sign_up()
    await reader.follow(writer)
    page = await windows.open_live("/", reader)
    pill = page.locator("[data-new]")
    await expect(pill).to_be_hidden()

    first = await writer.publish("The first of two.")
    await expect(pill).to_have_text("1 new post")
    await expect(article(page, first)).to_have_count(0)
    second = await writer.publish("The second of two.")
    await expect(pill).to_have_text("2 new posts")
    await expect(page).to_have_title(re.compile(r"^\(2\) "))

    await pill.click()
    await expect(article(page, first)).to_be_visible()
    await expect(pill).to_be_hidden()
    shown = await page.locator("main article").evaluate_all("all => all.map(a => a.dataset.id)")
    assert shown[:2] == [str(second), str(first)]
    await expect(article(page, second)).to_be_focused()


async def test_what_is_written_here_appears_at_once_and_the_field_is_empty_again(
    windows: Windows, site: Site, size: str
) -> None:
    writer = await site.sign_up()
    page = await windows.open_live("/", writer)
    await page.get_by_label("What is new?").fill(f"Written *here* by {writer.name}.")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.locator("main article").first).to_contain_text(f"Written here by {writer.name}.")
    await expect(page.get_by_label("What is new?")).to_have_value("")
    await expect(page.locator("[data-new]")).to_be_hidden()
    assert page.url.rstrip("/") == site.url

    await page.get_by_label("What is new?").fill("And once more.")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.locator("main article").first).to_contain_text("And once more.")
    await expect(page.get_by_text(f"Written here by {writer.name}.")).to_have_count(1)


async def test_an_own_post_from_elsewhere_appears_at_once_at_the_top(windows: Windows, site: Site) -> None:
    writer = await site.sign_up()
    page = await windows.open_live("/", writer)
    post = await writer.publish("From my other window.")
    await expect(article(page, post)).to_be_visible()


async def test_a_post_that_this_page_does_not_show_is_gone_to(windows: Windows, site: Site) -> None:
    page = await windows.open_live("/public", await site.sign_up())
    await page.get_by_label("What is new?").fill("Not for the public list.")
    await page.get_by_label("For", exact=True).select_option("unlisted")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.locator("article.whole")).to_contain_text("Not for the public list.")


async def test_a_refused_text_stays_with_a_sentence(windows: Windows, site: Site) -> None:
    windows.expect_trouble("422")
    writer = await site.sign_up()
    page = await windows.open_live("/", writer)
    await page.get_by_label("What is new?").fill("   ")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.locator("[data-error=source]")).not_to_be_empty()
    await expect(page.get_by_label("What is new?")).to_have_value("   ")
    await page.get_by_label("What is new?").fill("Better.")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.locator("main article").first).to_contain_text("Better.")
    await expect(page.locator("[data-error]")).to_have_count(0)


async def test_a_text_that_cannot_be_sent_stays_and_is_sent_once(windows: Windows, site: Site) -> None:
    windows.expect_trouble("ERR_FAILED")
    writer = await site.sign_up()
    page = await windows.open_live("/", writer)
    await page.route("**/posts", lambda route: route.abort())
    await page.get_by_label("What is new?").fill("Sent with patience.")
    await page.get_by_role("button", name="Publish").click()
    await expect(page.locator("[data-error=form]")).to_contain_text("still here")
    await page.unroute("**/posts")
    await page.get_by_role("button", name="Publish").dblclick()
    await expect(page.locator("main article")).to_contain_text(["Sent with patience."])
    await expect(page.get_by_label("What is new?")).to_have_value("")


async def test_edits_and_removals_happen_in_place(windows: Windows, site: Site) -> None:
    writer, reader = await site.sign_up(), await site.sign_up()
    await reader.follow(writer)
    kept, edited, removed = [await writer.publish(text) for text in ("I stay.", "I change.", "I go.")]
    page = await windows.open_live("/", reader)
    await expect(page.locator("main article")).to_have_count(3)

    await writer.edit(edited, "I have **changed**.")
    await expect(article(page, edited).locator("strong")).to_have_text("changed")
    await expect(article(page, edited)).to_contain_text("edited")
    await writer.remove(removed)
    await expect(article(page, removed)).to_have_count(0)
    await expect(article(page, kept)).to_be_visible()
    await expect(page.locator("[data-new]")).to_be_hidden()


async def test_an_edit_and_a_removal_reach_what_waits(windows: Windows, site: Site) -> None:
    writer, reader = await site.sign_up(), await site.sign_up()
    await reader.follow(writer)
    page = await windows.open_live("/", reader)
    first, second = await writer.publish("Early."), await writer.publish("Wrong.")
    await expect(page.locator("[data-new]")).to_have_text("2 new posts")
    await writer.edit(second, "Right.")
    await writer.remove(first)
    await expect(page.locator("[data-new]")).to_have_text("1 new post")
    await page.locator("[data-new]").click()
    await expect(article(page, second)).to_contain_text("Right.")
    await expect(article(page, first)).to_have_count(0)


async def test_the_reader_stays_in_place(windows: Windows, site: Site, size: str) -> None:
    writer, reader = await site.sign_up(), await site.sign_up()
    await reader.follow(writer)
    posts = [await writer.publish(f"Paragraph of post {number}.\n\n" * 3) for number in range(12)]
    page = await windows.open_live("/", reader)
    middle, above, higher = posts[4], posts[8], posts[9]
    await article(page, middle).scroll_into_view_if_needed()
    await article(page, middle).evaluate("article => window.scrollTo(0, article.offsetTop - 200)")
    before = await top_of(page, middle)

    await writer.edit(above, "Much longer now.\n\n" * 15)
    await expect(article(page, above)).to_contain_text("Much longer now.")
    assert abs(await top_of(page, middle) - before) <= 1
    await writer.remove(higher)
    await expect(article(page, higher)).to_have_count(0)
    assert abs(await top_of(page, middle) - before) <= 1
    newest = await writer.publish("Above everything.")
    await expect(page.locator("[data-new]")).to_have_text("1 new post")
    await expect(article(page, newest)).to_have_count(0)
    assert abs(await top_of(page, middle) - before) <= 1


async def test_a_lost_connection_comes_back_and_catches_up(windows: Windows, site: Site) -> None:
    windows.expect_trouble("WebSocket")
    writer, reader = await site.sign_up(), await site.sign_up()
    await reader.follow(writer)
    context = await windows.context(reader)
    sockets: list[WebSocketRoute] = []
    open_for_business = True

    async def between(ours: WebSocketRoute) -> None:
        if open_for_business:
            ours.connect_to_server()
            sockets.append(ours)
        else:
            await ours.close(code=1013)

    await context.route_web_socket("**/live", between)
    page = await windows.tab(context, "/")
    await is_live(page)

    open_for_business = False
    await sockets[-1].close(code=1012)
    missed = [await writer.publish(f"Missed {number}.") for number in range(3)]
    await expect(page.locator("[data-live=offline]")).to_be_visible()
    await expect(page.locator(".sign")).to_contain_text("Offline")

    open_for_business = True
    await is_live(page)
    await expect(page.locator("[data-new]")).to_have_text("3 new posts")
    await page.locator("[data-new]").click()
    await expect(article(page, missed[0])).to_be_visible()
    later = await writer.publish("And it goes on.")
    await expect(page.locator("[data-new]")).to_have_text("1 new post")
    await page.locator("[data-new]").click()
    await expect(article(page, later)).to_be_visible()
    await expect(page.locator("main article")).to_have_count(4)


async def test_a_network_that_goes_away_is_noticed_and_survived(windows: Windows, site: Site) -> None:
    windows.expect_trouble("WebSocket|ERR_INTERNET_DISCONNECTED")
    writer, reader = await site.sign_up(), await site.sign_up()
    await reader.follow(writer)
    context = await windows.context(reader)
    page = await windows.tab(context, "/")
    await is_live(page)
    await context.set_offline(True)
    await writer.publish("Written while you were away.")
    await context.set_offline(False)
    await is_live(page)
    await expect(page.locator("[data-new]")).to_have_text("1 new post")


async def test_who_was_away_too_long_reads_the_page_again(windows: Windows, site: Site) -> None:
    writer, reader = await site.sign_up(), await site.sign_up()
    await reader.follow(writer)
    old = [await writer.publish(f"Old {number}.") for number in range(3)]
    context = await windows.context(reader)
    sockets: list[WebSocketRoute] = []
    reachable = asyncio.Event()
    reachable.set()

    async def between(ours: WebSocketRoute) -> None:
        await reachable.wait()
        server = ours.connect_to_server()
        foreign = bool(sockets)
        sockets.append(ours)

        def onward(message: str | bytes) -> None:
            # The position of another database, as after a restore: nobody can say what was missed.
            if foreign and isinstance(message, str) and '"subscribe"' in message:
                message = '{"op": "subscribe", "channel": "home", "position": "elsewhere.00000000"}'
            server.send(message)

        ours.on_message(onward)

    await context.route_web_socket("**/live", between)
    page = await windows.tab(context, "/")
    await is_live(page)
    await sockets[0].close(code=1012)
    await writer.edit(old[0], "Old, but **edited**.")
    await writer.remove(old[1])
    missed = await writer.publish("Missed.")
    await expect(page.locator("[data-new]")).to_have_text("1 new post")
    await expect(article(page, old[0]).locator("strong")).to_have_text("edited")
    await expect(article(page, old[1])).to_have_count(0)
    await expect(article(page, missed)).to_have_count(0)
    await is_live(page)

    reachable.clear()
    await sockets[-1].close(code=1012)
    many = [await writer.publish(f"One of many, {number}.") for number in range(25)]
    reachable.set()
    await expect(page.locator("[data-new]")).to_have_text("21+ new posts")
    await page.locator("[data-new]").click()
    await expect(article(page, many[-1])).to_be_visible()
    shown = await page.locator("main article").evaluate_all("all => all.map(a => a.dataset.id)")
    assert shown == [str(post) for post in reversed(many[5:])]
    await expect(page.locator(".older a")).to_be_visible()


async def test_an_open_post_is_edited_in_place_and_its_removal_is_said(windows: Windows, site: Site) -> None:
    writer = await site.sign_up()
    post = await writer.publish("As it was.", title="A title")
    page = await windows.open_live(f"/@{writer.name}/{post}")
    await writer.edit(post, "As it **is**.", title="Another title")
    await expect(page.locator("article strong")).to_have_text("is")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Another title")
    await writer.remove(post)
    await expect(page.locator("[data-gone]")).to_be_visible()
    await expect(page.locator("main article")).to_have_count(0)


async def test_a_session_that_ends_elsewhere_leaves_no_page_behind(windows: Windows, site: Site) -> None:
    reader = await site.sign_up()
    page = await windows.open_live("/", reader)
    await reader.post("/logout")
    await expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    await expect(page.locator("[data-composer]")).to_have_count(0)


async def test_a_profile_is_live_for_strangers(windows: Windows, site: Site) -> None:
    writer = await site.sign_up()
    page = await windows.open_live(f"/@{writer.name}")
    await expect(page.locator("[data-empty]")).to_be_visible()
    post = await writer.publish("For whoever looks.")
    await page.get_by_role("button", name="1 new post").click()
    await expect(article(page, post)).to_be_visible()
    await expect(page.locator("[data-empty]")).to_be_hidden()


async def test_times_are_told_in_the_zone_of_the_reader(windows: Windows, site: Site) -> None:
    writer = await site.sign_up()
    post = await writer.publish("What time is it?")
    page = await windows.open("/public", timezone_id="Asia/Tokyo")
    time = article(page, post).locator("time")
    await expect(time).to_have_text("just now")
    assert "GMT+9" in (await time.get_attribute("title") or "")
