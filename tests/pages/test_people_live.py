"""What open pages hear of people: who has another name, who is gone and who is back; and never a text of the gone."""

import json
from typing import Any

import pytest

from tests.inner_live import InnerSocket, inner_socket
from tests.people import PASSWORD
from tests.visitors import Person, Site
from tidings.parts import EXTENSION

SITE = {"admin_email": "boss@example.org", "secret_key": "a secret for tests alone"}
pytestmark = pytest.mark.parametrize(
    "anywhere",
    [pytest.param(engine, marks=pytest.mark.settings(engine=engine, **SITE)) for engine in ("memory", "mongo")],
)


@pytest.fixture
async def boss(site: Site, anywhere: str) -> Person:
    return await site.sign_up("boss")


@pytest.fixture
async def ada(site: Site, boss: Person) -> Person:
    return await site.sign_up("Ada")


@pytest.fixture
async def ben(site: Site, ada: Person) -> Person:
    """Follows Ada."""
    person = await site.sign_up("ben")
    await person.follow(ada)
    return person


async def id_of(app: Any, name: str) -> str:
    return str((await app.extensions[EXTENSION].storage.users.by_username(name)).id)


async def told(socket: InnerSocket) -> list[tuple[str, str, str]]:
    """Name, channel and id of what was told until now, once all of it was read from the database."""
    return [(frame["name"], frame["channel"], frame["id"]) for frame in await socket.rest() if frame["op"] == "event"]


async def caught_up(app: Any) -> None:
    """Everything that was written until now was told."""
    relay = app.extensions[EXTENSION].relay
    await relay.check()
    await relay.check()


async def test_a_suspension_and_its_end_are_told_once_everywhere(
    site: Site, app: Any, boss: Person, ada: Person, ben: Person
):
    key, post_id = await id_of(app, "ada"), await ada.publish("Here.")
    channels = ["public", "home", "user:Ada", f"post:{post_id}"]
    async with inner_socket(app, ben, *channels) as reader, inner_socket(app, None, "public") as stranger:
        for verb, name in (("suspend", "person.removed"), ("restore", "person.restored")):
            await boss.post(f"/admin/users/Ada/{verb}")
            await caught_up(app)
            assert sorted(await told(reader)) == sorted((name, channel, key) for channel in channels)
            assert await told(stranger) == [(name, "public", key)]
    page = await ben.get("/")
    assert page.post_ids == [post_id]


async def test_a_frame_about_a_person_carries_no_text(site: Site, app: Any, boss: Person, ada: Person, ben: Person):
    await ada.publish("My text.")
    async with inner_socket(app, ben, "home") as reader:
        await boss.post("/admin/users/Ada/suspend")
        frame = await reader.next_frame()
    assert frame.keys() == {"op", "channel", "name", "id", "position"}
    assert (frame["op"], frame["name"]) == ("event", "person.removed")


async def test_who_does_not_follow_is_not_told_at_home(site: Site, app: Any, boss: Person, ada: Person, ben: Person):
    async with inner_socket(app, boss, "home") as reader:
        await boss.post("/admin/users/Ada/suspend")
        await caught_up(app)
        assert await told(reader) == []


async def test_pages_that_are_read_after_the_event_show_nothing(
    site: Site, app: Any, boss: Person, ada: Person, ben: Person
):
    """The event comes last: a page whose position is behind it was read when all was done."""
    for number in range(30):
        await ada.publish(f"Number {number}.")
    async with inner_socket(app, ben, "home") as reader:
        await boss.post("/admin/users/Ada/suspend")
        position = (await reader.next_frame())["position"]
        page = await ben.get("/")
        assert page.post_ids == []
        assert page.position >= position


@pytest.mark.parametrize("act", ["suspend", "address", "delete"])
async def test_their_own_sockets_end(site: Site, app: Any, boss: Person, ada: Person, ben: Person, act: str):
    async with inner_socket(app, ada, "home") as own, inner_socket(app, ada, "public") as other:
        if act == "suspend":
            await boss.post("/admin/users/Ada/suspend")
        elif act == "address":
            await boss.post("/admin/users/Ada", {"email": "another@example.org"})
        else:
            await ada.post("/settings/delete", {"password": PASSWORD})
        assert await own.close_code() == 4001
        assert await other.close_code() == 4001


async def test_a_replay_shows_no_text_of_somebody_suspended_since(
    site: Site, app: Any, boss: Person, ada: Person, ben: Person
):
    await caught_up(app)
    position = (await ben.get("/")).position
    post_id = await ada.publish("Secret of the suspended.")
    await ada.edit(post_id, "Secret of the suspended, edited.")
    await boss.post("/admin/users/Ada/suspend")
    await caught_up(app)
    for person in (ben, None):
        for channel in ("public", "user:boss") if person is None else ("public", "home"):
            async with inner_socket(app, person) as late:
                assert (await late.subscribe(channel, position))["recovered"] is True
                frames = await late.until("current")
                names = [frame["name"] for frame in frames[:-1]]
                assert names == (["person.removed"] if channel != "user:boss" else [])
                assert "Secret" not in json.dumps(frames)
    await boss.post("/admin/users/Ada/restore")
    await caught_up(app)
    async with inner_socket(app, ben) as late:
        await late.subscribe("home", position)
        frames = await late.until("current")
        assert "Secret of the suspended, edited." in json.dumps(frames)


async def test_channels_of_somebody_suspended_are_not_there(
    site: Site, app: Any, boss: Person, ada: Person, ben: Person
):
    post_id = await ada.publish()
    await boss.post("/admin/users/Ada/suspend")
    async with inner_socket(app, ben) as reader:
        for channel in ("user:Ada", f"post:{post_id}"):
            frame = await reader.subscribe(channel)
            assert (frame["op"], frame["code"]) == ("error", "not_found")


async def test_a_new_name_is_told_with_what_to_write(site: Site, app: Any, boss: Person, ada: Person, ben: Person):
    position = (await ben.get("/")).position
    post_id = await ada.publish("Mine.")
    async with inner_socket(app, ben, "home", "user:Ada", f"post:{post_id}") as reader:
        await boss.post("/admin/users/Ada", {"username": "lovelace", "name": "Ada L."})
        frames = [await reader.next_frame() for _ in range(3)]
        assert {frame["channel"] for frame in frames} == {"home", "user:Ada", f"post:{post_id}"}
        for frame in frames:
            assert (frame["name"], frame["id"]) == ("person.changed", await id_of(app, "lovelace"))
            assert frame["person"] == {"username": "lovelace", "name": "Ada L."}
        await caught_up(app)
        assert await told(reader) == [], "the posts were stamped silently"
    async with inner_socket(app, ben) as late:
        await late.subscribe("home", position)
        published = (await late.until("current"))[0]
        assert published["name"] == "post.published"
        assert "@lovelace" in published["html"]
        assert "/@Ada" not in published["html"]
        assert (await late.subscribe("user:Ada"))["op"] == "subscribed", "an old page finds the way"


async def test_a_change_that_nobody_sees_is_not_told(site: Site, app: Any, boss: Person, ada: Person, ben: Person):
    async with inner_socket(app, ben, "public", "home", "user:Ada") as reader:
        await boss.post("/admin/users/Ada", {"location": "London", "role": "moderator", "email": "x@example.org"})
        await ada.sign_in()
        await caught_up(app)
        assert await told(reader) == []


async def test_a_farewell_is_one_event_and_no_text_is_left_in_the_window(
    site: Site, app: Any, boss: Person, ada: Person, ben: Person
):
    position = (await ben.get("/")).position
    key, post_id = await id_of(app, "ada"), await ada.publish("Words to be forgotten.")
    async with inner_socket(app, ben, "public", f"post:{post_id}") as reader:
        await ada.post("/settings/delete", {"password": PASSWORD})
        await caught_up(app)
        assert sorted(await told(reader)) == [
            ("person.removed", f"post:{post_id}", key),
            ("person.removed", "public", key),
        ]
    for person in (ben, boss):
        async with inner_socket(app, person) as late:
            await late.subscribe("public", position)
            frames = await late.until("current")
            assert "forgotten" not in json.dumps(frames)
            assert [frame["name"] for frame in frames if frame["op"] == "event"][-1] == "person.removed"
    held = app.extensions[EXTENSION].hub.history._posts[post_id].post
    assert (held.html, held.excerpt, held.title, held.author.username) == ("", "", "", "")
