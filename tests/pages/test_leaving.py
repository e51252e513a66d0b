"""Taking everything along, and leaving: what is in the file, and that nothing is left but a taken name."""

import io
import json
import zipfile
from typing import Any

import pytest

from tests.page import Page
from tests.people import PASSWORD, make_post
from tests.visitors import Person, Site
from tidings.documents.post import AuthorStamp
from tidings.parts import EXTENSION

SITE = {"admin_email": "boss@example.org", "secret_key": "a secret for tests alone"}
EVERYWHERE = pytest.mark.parametrize(
    "anywhere",
    [pytest.param(engine, marks=pytest.mark.settings(engine=engine, **SITE)) for engine in ("memory", "mongo")],
)


@pytest.fixture
async def ada(site: Site) -> Person:
    return await site.sign_up("Ada")


@pytest.fixture
async def ben(site: Site) -> Person:
    return await site.sign_up("ben")


def unpacked(page: Page) -> dict[str, str]:
    assert page.status == 200
    with zipfile.ZipFile(io.BytesIO(page.response.content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name).decode() for name in packed.namelist()}


async def test_what_is_ones_own_can_be_taken_along_and_read(site: Site, app: Any, ada: Person, ben: Person):
    await ada.follow(ben)
    await ben.follow(ada)
    first = await ada.publish("*Hello*, Ünïcode 🎈", title="A title")
    second = await ada.publish("For friends.", visibility="followers")
    removed = await ada.publish("Never mind.")
    await ada.remove(removed)
    theirs = await ben.publish("Not mine.")
    storage = app.extensions[EXTENSION].storage
    user = await storage.users.by_username("ada")
    reply = make_post(AuthorStamp.of(user), "My answer.", reply_to=theirs, thread=theirs)
    await storage.posts.add(reply)

    page = await ada.get("/settings/export")
    assert page.headers["Content-Type"] == "application/zip"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Disposition"].startswith('attachment; filename="Ada-20')
    files = unpacked(page)
    profile = json.loads(files["profile.json"])
    assert (profile["username"], profile["email"], profile["counts"]["posts"]) == ("Ada", "ada@example.org", 2)
    assert {row["username"] for row in json.loads(files["follows.json"])["following"]} == {"ben"}
    assert {row["username"] for row in json.loads(files["follows.json"])["followers"]} == {"ben"}
    assert [row["id"] for row in json.loads(files["posts.json"])] == [str(second), str(first)]
    assert [row["source"] for row in json.loads(files["replies.json"])] == ["My answer."]
    markdown = [text for name, text in files.items() if name.endswith(f"{first}.md")]
    assert len(markdown) == 1
    assert markdown[0].startswith("# A title\n")
    assert "*Hello*, Ünïcode 🎈" in markdown[0]
    assert sorted(name.split("/")[0] for name in files) == [
        *("README.txt", "follows.json", "posts", "posts", "posts.json", "profile.json", "replies", "replies.json"),
    ]
    everything = "".join(files.values())
    assert "argon2" not in everything
    assert "Never mind." not in everything
    assert "Not mine." not in everything


async def test_somebody_with_nothing_gets_a_file_all_the_same(ada: Person):
    files = unpacked(await ada.get("/settings/export"))
    assert json.loads(files["posts.json"]) == []
    assert json.loads(files["follows.json"]) == {"following": [], "followers": []}


async def test_hundreds_of_posts_are_all_there(app: Any, ada: Person):
    storage = app.extensions[EXTENSION].storage
    user = await storage.users.by_username("ada")
    for number in range(450):
        await storage.posts.add(make_post(user, f"Number {number}."))
    files = unpacked(await ada.get("/settings/export"))
    assert len(json.loads(files["posts.json"])) == 450
    assert len([name for name in files if name.startswith("posts/")]) == 450


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " ", "x" * 2000, PASSWORD.upper()])
async def test_without_the_password_nobody_leaves(site: Site, ada: Person, password: str):
    page = await ada.post("/settings/delete", {"password": password})
    assert page.status == 422
    assert list(page.errors) == ["password"]
    assert password not in page.text or password == ""
    assert (await site.visitor().get("/@Ada")).status == 200
    assert (await ada.get("/posts/new")).status == 200


async def test_to_look_at_the_form_changes_nothing(ada: Person):
    page = await ada.get("/settings/delete")
    assert page.status == 200
    assert "/settings/export" in page.links()
    assert (await ada.get("/posts/new")).status == 200


@EVERYWHERE
async def test_who_leaves_is_forgotten_everywhere(site: Site, app: Any, anywhere: str, ada: Person, ben: Person):
    elsewhere = Person(site, "Ada", "ada@example.org")
    await elsewhere.sign_in()
    await ben.follow(ada)
    await ada.follow(ben)
    post_id = await ada.publish("My secret garden.")
    page = await ada.post("/settings/delete", {"password": PASSWORD})
    assert (page.status, page.location) == (303, "/")
    for browser in (ada, elsewhere):
        assert (await browser.get("/posts/new")).location.startswith("/login")
    for path in ("/@Ada", "/@ada", "/@Ada/followers", f"/@Ada/{post_id}"):
        assert (await ben.get(path)).status == 404
    for path in ("/", "/public", "/@ben", "/@ben/followers", "/@ben/following"):
        page = await ben.get(path)
        assert page.status == 200
        assert "garden" not in page.text
        assert "Ada" not in page.text
    assert "0 followers" in (await ben.get("/@ben")).text
    for identifier in ("Ada", "ada@example.org"):
        assert (await site.visitor().login(identifier, PASSWORD)).status == 422
    assert (await site.visitor().register("ADA", "new@example.org")).errors.keys() == {"username"}
    again = Person(site, "other", "ada@example.org")
    assert (await again.register("other", "ada@example.org")).status == 303, "the address is free again"
    await again.confirm("ada@example.org")
    await again.sign_in()
    # Nothing of hers is left in what is stored either.
    storage = app.extensions[EXTENSION].storage
    left = await storage.posts.get(post_id)
    assert (left.source, left.html, left.author.username) == ("", "", "")
    row = await storage.users.by_username("ada")
    assert (row.username, row.email, row.password_hash, row.name) == ("", "", "", "")


@EVERYWHERE
async def test_the_last_administrator_cannot_leave(site: Site, anywhere: str):
    boss = await site.sign_up("boss")
    page = await boss.post("/settings/delete", {"password": PASSWORD})
    assert page.status == 422
    assert "only administrator" in page.text
    assert (await boss.get("/admin/users")).status == 200
    ada = await site.sign_up("Ada")
    await boss.post("/admin/users/Ada", {"role": "administrator"})
    assert (await boss.post("/settings/delete", {"password": PASSWORD})).status == 303
    page = await ada.get("/admin/users")
    assert page.status == 200
    assert "boss" not in page.text
    for path in ("/admin/users/boss", "/admin/users/boss/restore", "/admin/users/boss/suspend"):
        assert (await ada.post(path, {"role": "user"})).status == 404, "who left is gone for administrators too"


async def test_another_site_cannot_make_anybody_leave(site: Site, ada: Person):
    page = await ada.post("/settings/delete", {"password": PASSWORD}, headers={"Origin": "https://evil.example"})
    assert page.status == 403
    assert (await site.visitor().get("/@Ada")).status == 200


@pytest.mark.parametrize("path", ["/settings/export", "/settings/delete"])
async def test_a_stranger_is_led_to_sign_in(site: Site, ada: Person, path: str):
    page = await site.visitor().get(path)
    assert page.location == f"/login?next={path.replace('/', '%2F')}"
