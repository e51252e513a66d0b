"""The profile: what is saved stands there at once, and the name reaches the posts."""

import asyncio
from typing import Any

import pytest

from tests.page import text_of
from tests.visitors import Person, Site
from tidings.blueprints.settings.forms import ProfileForm
from tidings.blueprints.settings.profile import save_profile
from tidings.repositories.settling import settle_all


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("ada")


async def stamped(app: Any) -> None:
    """Wait until what goes on behind the answers is done."""
    await asyncio.gather(*app.background_tasks)


async def test_the_settings_begin_with_the_profile(ada: Person):
    page = await ada.get("/settings")
    assert (page.status, page.location) == (303, "/settings/profile")


async def test_what_is_saved_stands_on_the_profile_at_once(ada: Person):
    form = {"name": "Ada Lovelace", "location": "London", "about": "I count *things*."}
    page = await ada.post("/settings/profile", form)
    assert (page.status, page.location) == (303, "/settings/profile")
    again = await ada.get("/settings/profile")
    assert {name: again.field(name).strip() for name in form} == form
    profile = await ada.get("/@ada")
    assert text_of(profile.one("h1")) == "Ada Lovelace"
    assert "London" in profile.text
    assert "I count <em>things</em>." in profile.text


async def test_a_new_name_reaches_the_posts_that_are_there_already(ada: Person, app: Any):
    for number in range(3):
        await ada.publish(f"{number}")
    await ada.post("/settings/profile", {"name": "Ada Lovelace", "location": "", "about": ""})
    await stamped(app)
    page = await ada.site.visitor().get("/@ada")
    names = [text_of(name) for article in page.all("article") for name in article.iter() if name.get("class") == "name"]
    assert names == ["Ada Lovelace"] * 3


async def test_a_name_can_be_taken_back(ada: Person, app: Any):
    await ada.post("/settings/profile", {"name": "Ada Lovelace"})
    await ada.post("/settings/profile", {"name": ""})
    await stamped(app)
    assert text_of((await ada.get("/@ada")).one("h1")) == "ada"


async def test_a_field_that_is_not_sent_stays_as_it_is(ada: Person):
    await ada.post("/settings/profile", {"name": "Ada", "location": "London", "about": "Hi."})
    assert (await ada.post("/settings/profile", {"location": "Paris"})).status == 303
    page = await ada.get("/settings/profile")
    assert (page.field("name"), page.field("location"), page.field("about").strip()) == ("Ada", "Paris", "Hi.")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "x" * 65),
        ("name", "two\nlines"),
        ("name", "\N{ZERO WIDTH SPACE}" * 3),
        ("name", "\u3164\u2800"),
        ("name", "bell\x07"),
        ("name", "delete\x7f"),
        ("location", "x" * 65),
        ("about", "x" * 2001),
        ("about", "\x00"),
    ],
)
async def test_what_cannot_be_shown_is_refused_at_its_field(ada: Person, field: str, value: str):
    before = (await ada.get("/@ada")).one("h1")
    page = await ada.post("/settings/profile", {"name": "Ada", "location": "", "about": ""} | {field: value})
    assert page.status == 422
    assert list(page.errors) == [field]
    assert text_of((await ada.get("/@ada")).one("h1")) == text_of(before)


async def test_the_longest_that_is_allowed_is_kept_whole(ada: Person):
    form = {"name": "é" * 64, "location": "🎈" * 64, "about": "x" * 2000}
    assert (await ada.post("/settings/profile", form)).status == 303
    page = await ada.get("/settings/profile")
    assert {name: page.field(name).strip() for name in form} == form


async def test_about_is_markdown_without_anything_that_could_harm(ada: Person):
    about = "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://evil.example/p.png) <b onclick=x>b</b>"
    await ada.post("/settings/profile", {"name": "<b>Ada</b>", "location": "<i>", "about": about})
    page = await ada.get("/@ada")
    assert not page.all("script", src=None) or all(e.attrib["src"].startswith("/static/") for e in page.all("script"))
    assert "<b>Ada" not in page.text
    assert not any(link.startswith("javascript:") for link in page.links())
    assert not any("evil.example" in image.attrib["src"] for image in page.all("img"))
    assert text_of(page.one("h1")) == "<b>Ada</b>"


async def test_a_text_made_to_be_expensive_is_refused_at_its_field(ada: Person):
    page = await ada.post("/settings/profile", {"about": "> " * 900 + "x"})
    assert page.status == 422
    assert list(page.errors) == ["about"]


async def test_two_names_at_once_leave_posts_and_profile_agreeing(ada: Person, app: Any):
    await ada.publish("Hello.")
    await asyncio.gather(*(ada.post("/settings/profile", {"name": f"Ada {n}"}) for n in range(5)))
    await stamped(app)
    page = await ada.get("/@ada")
    name = text_of(page.one("h1"))
    assert [text_of(e) for e in page.one("article").iter() if e.get("class") == "name"] == [name]


async def test_what_a_dying_process_left_undone_is_done_at_the_next_start(ada: Person, app: Any):
    storage = app.extensions["tidings"].storage
    post = await ada.publish("Hello.")
    person = await storage.users.by_username("ada")
    # As it is when the process ends right after the name was written.
    assert await save_profile(ProfileForm(name="Ada Lovelace"), person, storage.users)
    assert (await storage.posts.get(post)).author.name == ""
    await settle_all(storage)
    assert (await storage.posts.get(post)).author.name == "Ada Lovelace"
    assert await storage.users.latest_unsettled(10) == []


async def test_last_seen_and_member_since_stand_on_the_profile(ada: Person):
    text = text_of((await ada.get("/@ada")).one("main"))
    assert "Here since" in text
    assert "Last seen" in text
