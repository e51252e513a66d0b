"""Profiles, follows and lists; who sees what is meant for followers."""

from typing import Any

import pytest

from tests.people import make_follow, make_user
from tests.visitors import Person, Site


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("Ada")


@pytest.fixture
async def ben(site: Site) -> Person:
    return await site.sign_up("ben")


def people_on(page: Any) -> list[str]:
    """The names that the list links to, in order, each once."""
    names = [link.removeprefix("/@") for link in page.links() if link.startswith("/@") and link.count("/") == 1]
    return list(dict.fromkeys(names))


@pytest.mark.parametrize("name", ["ada", "ADA", "aDA"])
@pytest.mark.parametrize("rest", ["", "/followers", "/following"])
async def test_another_case_leads_to_the_name_as_its_owner_spells_it(site: Site, ada: Person, name: str, rest: str):
    page = await site.visitor().get(f"/@{name}{rest}?before=9")
    assert (page.status, page.location) == (301, f"/@Ada{rest}?before=9")
    assert (await site.visitor().get(f"/@Ada{rest}")).status == 200


@pytest.mark.parametrize("name", ["nobody", "ad", "ada.", "a" * 500, "%00", "..", "$ne", "[a]"])
async def test_somebody_who_is_not_there_is_not_found(site: Site, ada: Person, name: str):
    for rest in ("", "/followers", "/following", "/1"):
        assert (await site.visitor().get(f"/@{name}{rest}")).status in (400, 404)
    for verb in ("follow", "unfollow"):
        assert (await ada.post(f"/@{name}/{verb}")).status in (400, 404)


async def test_to_follow_leads_back_to_the_profile_and_again_is_no_error(site: Site, ada: Person, ben: Person):
    for _ in range(2):
        page = await ben.post("/@ADA/follow")
        assert (page.status, page.location) == (303, "/@Ada")
    assert people_on(await site.visitor().get("/@Ada/followers")).count("ben") == 1
    assert "Ada" in people_on(await site.visitor().get("/@ben/following"))
    for _ in range(2):
        page = await ben.post("/@Ada/unfollow")
        assert (page.status, page.location) == (303, "/@Ada")
    assert "ben" not in people_on(await site.visitor().get("/@Ada/followers"))


@pytest.mark.parametrize("verb", ["follow", "unfollow"])
async def test_oneself_one_cannot_follow(ada: Person, verb: str):
    assert (await ada.post(f"/@Ada/{verb}")).status == 422


async def test_a_profile_offers_what_can_be_done(site: Site, ada: Person, ben: Person):
    def actions(page: Any) -> set[str]:
        return {form.attrib.get("action", "") for form in page.all("form")}

    assert "/@Ada/follow" in actions(await ben.get("/@Ada"))
    await ben.follow("Ada")
    assert "/@Ada/unfollow" in actions(await ben.get("/@Ada"))
    assert not {"/@Ada/follow", "/@Ada/unfollow"} & actions(await ada.get("/@Ada"))


async def test_a_list_of_people_has_fifty_and_goes_on_by_key(site: Site, app: Any, ada: Person):
    storage = app.extensions["tidings"].storage
    star = await storage.users.by_username("ada")
    fans = [make_user(f"fan{n:02}") for n in range(55)]
    for fan in fans:
        await storage.users.add(fan)
        await storage.follows.add(make_follow(fan, star))
    newest_first = [fan.username for fan in reversed(fans)]

    def fans_on(page: Any) -> list[str]:
        return [name for name in people_on(page) if name.startswith("fan")]

    page = await site.visitor().get("/@Ada/followers")
    assert fans_on(page) == newest_first[:50]
    [older] = {link for link in page.links() if "?before=" in link}
    assert fans_on(await site.visitor().get(older)) == newest_first[50:]


async def test_a_profile_shows_its_posts_newest_first_and_goes_on_by_key(site: Site, ada: Person):
    ids = [await ada.publish(f"{n}") for n in range(25)][::-1]
    page = await site.visitor().get("/@Ada")
    assert page.post_ids == ids[:20]
    assert page.channel == "user:Ada"
    [older] = {link for link in page.links() if "?before=" in link}
    assert (await site.visitor().get(older)).post_ids == ids[20:]


async def test_a_profile_counts_what_there_is(site: Site, app: Any, ada: Person, ben: Person):
    await ben.follow("Ada")
    first = await ada.publish()
    await ada.publish()
    await ada.remove(first)
    person = await app.extensions["tidings"].storage.users.by_username("ada")
    assert (person.counts.posts, person.counts.followers, person.counts.following) == (1, 1, 0)


async def test_what_is_for_followers_is_for_them_and_its_author_alone(site: Site, ada: Person, ben: Person):
    cleo = await site.sign_up("cleo")
    await ben.follow("Ada")
    secret = await ada.publish("For followers.", visibility="followers")
    for insider in (ada, ben):
        assert (await insider.get(f"/@Ada/{secret}")).status == 200
        assert secret in (await insider.get("/@Ada")).post_ids
    assert secret in (await ben.get("/")).post_ids
    for outsider in (cleo, site.visitor()):
        assert (await outsider.get(f"/@Ada/{secret}")).status == 404
        assert (await outsider.get(f"/@cleo/{secret}")).status == 404
        assert secret not in (await outsider.get("/@Ada")).post_ids
        assert secret not in (await outsider.get("/")).post_ids
    for anybody in (ada, ben, cleo, site.visitor()):
        assert secret not in (await anybody.get("/public")).post_ids
    await ben.unfollow("Ada")
    assert (await ben.get(f"/@Ada/{secret}")).status == 404
    assert secret not in (await ben.get("/@Ada")).post_ids


async def test_to_be_followed_by_the_author_opens_nothing(ada: Person, ben: Person):
    await ada.follow(ben)
    secret = await ada.publish("For followers.", visibility="followers")
    assert (await ben.get(f"/@Ada/{secret}")).status == 404


async def test_what_is_unlisted_has_an_address_and_stands_in_no_public_list(site: Site, ada: Person, ben: Person):
    await ben.follow("Ada")
    quiet = await ada.publish("Quiet.", visibility="unlisted")
    stranger = site.visitor()
    assert (await stranger.get(f"/@Ada/{quiet}")).status == 200
    for path in ("/", "/public", "/@Ada"):
        assert quiet not in (await stranger.get(path)).post_ids
    assert quiet in (await ben.get("/")).post_ids
    assert quiet in (await ben.get("/@Ada")).post_ids


async def test_an_edit_can_take_a_post_back_from_the_public(site: Site, ada: Person):
    post_id = await ada.publish("Open.")
    assert (await ada.edit(post_id, "Closed.", visibility="followers")).status == 303
    assert (await site.visitor().get(f"/@Ada/{post_id}")).status == 404
    assert (await site.visitor().get("/public")).post_ids == []
