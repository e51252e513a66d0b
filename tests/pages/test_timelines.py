"""Home and public: what stands there, in which order, and how it goes on."""

import pytest

from tests.visitors import Person, Site


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("ada")


@pytest.fixture
async def ben(site: Site) -> Person:
    return await site.sign_up("ben")


async def test_an_empty_site_has_a_first_page(site: Site):
    for path in ("/", "/public"):
        page = await site.visitor().get(path)
        assert page.status == 200
        assert page.post_ids == []
        assert page.channel == "public"
        assert page.position


async def test_a_stranger_sees_the_public_timeline_at_home(site: Site, ada: Person):
    post_id = await ada.publish()
    for path in ("/", "/public"):
        page = await site.visitor().get(path)
        assert page.post_ids == [post_id]
        assert page.channel == "public"


async def test_until_the_first_follow_home_is_public_and_names_people_to_follow(ada: Person, ben: Person):
    post_id = await ada.publish()
    page = await ben.get("/")
    assert page.channel == "public"
    assert page.post_ids == [post_id]
    assert "/@ada/follow" in {form.attrib.get("action") for form in page.all("form")}
    assert "/@ben/follow" not in {form.attrib.get("action") for form in page.all("form")}


async def test_home_holds_ones_own_posts_and_those_of_people_one_follows(site: Site, ada: Person, ben: Person):
    cleo = await site.sign_up("cleo")
    by_ada, by_cleo, by_ben = await ada.publish(), await cleo.publish(), await ben.publish()
    await ben.follow(ada)
    page = await ben.get("/")
    assert page.channel == "home"
    assert page.post_ids == [by_ben, by_ada]
    assert (await ben.get("/public")).post_ids == [by_ben, by_cleo, by_ada]
    await ben.follow(cleo)
    assert (await ben.get("/")).post_ids == [by_ben, by_cleo, by_ada]
    await ben.unfollow(ada)
    assert (await ben.get("/")).post_ids == [by_ben, by_cleo]


@pytest.mark.parametrize("path", ["/", "/public"])
async def test_a_timeline_has_twenty_and_goes_on_by_key(ada: Person, ben: Person, path: str):
    await ada.follow(ben)
    ids = [await ada.publish(f"{n}") for n in range(45)][::-1]
    seen, link = [], path
    for size in (20, 20, 5):
        page = await ada.get(link)
        assert len(page.post_ids) == size
        seen += page.post_ids
        older = {link for link in page.links() if "?before=" in link}
        assert len(older) == (1 if size == 20 else 0)
        link = older.pop() if older else ""
        await ada.publish("Meanwhile.")
    assert seen == ids


@pytest.mark.parametrize("before", ["", "x", "-1", "0", "1e3", "9" * 40, "%00", "01", "[$ne]"])
@pytest.mark.parametrize("path", ["/", "/public", "/@ada", "/@ada/followers"])
async def test_a_key_that_is_none_is_no_failure(site: Site, ada: Person, path: str, before: str):
    assert (await site.visitor().get(f"{path}?before={before}")).status in (200, 400, 404)


async def test_a_list_shows_the_beginning_of_a_long_post_and_its_page_the_whole(site: Site, ada: Person):
    long = "\n\n".join(f"Paragraph {n} " + "word " * 200 for n in range(40))
    post_id = await ada.publish(long)
    in_list = await site.visitor().get("/public")
    assert "Paragraph 0" in in_list.text
    assert "Paragraph 39" not in in_list.text
    assert f"/@ada/{post_id}" in in_list.links()
    assert "Paragraph 39" in (await site.visitor().get(f"/@ada/{post_id}")).text


async def test_every_article_says_which_and_in_which_version(site: Site, ada: Person):
    post_id = await ada.publish()
    await ada.edit(post_id, "Again.")
    [article] = (await site.visitor().get("/public")).all("article", data_id=None)
    assert (article.attrib["data-id"], article.attrib["data-version"]) == (str(post_id), "2")


async def test_pages_carry_the_hooks_that_scripts_rely_on(site: Site, ada: Person):
    page = await site.visitor().get("/public")
    assert page.all(data_new=None)
    assert page.one(data_live=None).attrib["data-live"] in ("", "live", "catching-up", "offline")
    assert page.one("main", data_channel=None).attrib["data-position"]
