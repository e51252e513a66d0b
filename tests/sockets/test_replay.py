"""A lost connection, and what came meanwhile: exactly that, in order, none twice, whichever process one meets."""

import asyncio
from itertools import pairwise
from time import monotonic

import pytest

from tests.visitors import Person, Site
from tidings.documents.position import Position


def shifted(position: str, seconds: int) -> str:
    parsed = Position.parse(position)
    assert parsed is not None
    return str(Position(parsed.origin, parsed.seconds + seconds, parsed.increment))


async def publish_all(authors: list[Person], each: int) -> list[list[int]]:
    """Every author writes one after the other, all authors at once."""

    async def write(author: Person) -> list[int]:
        return [await author.publish(f"Number {number}.") for number in range(each)]

    return list(await asyncio.gather(*(write(author) for author in authors)))


@pytest.mark.parametrize(("writers", "each"), [(1, 1), (1, 50), (5, 200)])
@pytest.mark.parametrize("channel", ["home", "public"])
async def test_who_comes_back_to_the_other_process_gets_exactly_what_was_missed(
    site: Site, writers: int, each: int, channel: str
):
    reader = await site.sign_up()
    authors = [await site.sign_up() for _ in range(writers)]
    for author in authors:
        await reader.follow(author)
    first = await site.live(reader)
    position = (await first.subscribe(channel))["position"]
    seen = await authors[0].publish("Seen before the line broke.")
    position = (await first.events_until(seen))[-1]["position"]
    await first.close()

    missed = await publish_all(authors, each)

    second = await site.live(reader, not_worker=first.worker)
    begin = monotonic()
    answer = await second.subscribe(channel, position)
    assert (answer["op"], answer["recovered"]) == ("subscribed", True)
    frames = await second.until_op("current", timeout=60)
    took = monotonic() - begin
    events = frames[:-1]
    assert {frame["op"] for frame in events} == {"event"}
    ids = [int(frame["id"]) for frame in events]
    assert len(ids) == writers * each
    assert set(ids) == {post_id for by_one in missed for post_id in by_one}
    for by_one in missed:
        assert [post_id for post_id in ids if post_id in set(by_one)] == by_one, "in the order of writing"
    positions = [position, *(frame["position"] for frame in events)]
    assert all(one < other for one, other in pairwise(positions)), "in the order of commits, none twice"
    assert took < 5

    after = await authors[0].publish("Live again.")
    assert (await second.events_until(after))[-1]["position"] > frames[-2]["position"]


async def test_nothing_is_missed_or_doubled_between_replay_and_live(site: Site):
    """Posts go on being written while one comes back again and again."""
    author, reader = await site.sign_up(), await site.sign_up()
    await reader.follow(author)
    socket = await site.live(reader)
    position = (await socket.subscribe("home"))["position"]
    await socket.close()
    writing = asyncio.create_task(publish_all([author], 120))
    got: list[int] = []
    while not writing.done() or len(got) < 120:
        socket = await site.live(reader, not_worker=socket.worker)
        assert (await socket.subscribe("home", position))["recovered"] is True
        for frame in await socket.until_op("current"):
            if frame["op"] == "event":
                got.append(int(frame["id"]))
            position = frame["position"]
        # A few live ones as well, where there are any.
        for frame in (await socket.ping())[:-1]:
            got.append(int(frame["id"]))
            position = frame["position"]
        await socket.close()
    assert got == (await writing)[0]


async def test_a_position_is_good_on_the_other_process_at_once(site: Site):
    """The other process may be a moment behind: it waits rather than say that the position is unknown."""
    author = await site.sign_up()
    for _ in range(10):
        here = await site.live()
        await here.subscribe("public")
        there = await site.live(not_worker=here.worker)
        post_id = await author.publish()
        position = (await here.events_until(post_id))[-1]["position"]
        answer = await there.subscribe("public", position)
        assert answer["recovered"] is True
        assert (await there.until_op("current"))[0]["op"] == "current", "nothing was missed, so nothing is repeated"
        await here.close()
        await there.close()


async def test_a_position_far_ahead_is_waited_for_a_moment_and_then_not_known(site: Site):
    socket = await site.live()
    now = (await socket.ping())[-1]["position"]
    begin = monotonic()
    answer = await socket.subscribe("public", shifted(now, 3600))
    assert answer["recovered"] is False
    assert 1 <= monotonic() - begin < 6
    author = await site.sign_up()
    post_id = await author.publish("Live all the same.")
    assert (await socket.events_until(post_id))[-1]["id"] == str(post_id)


@pytest.mark.parametrize("kind", ["old", "foreign", "malformed", "empty", "long", "NUL"])
async def test_a_position_that_is_not_known_is_said_to_be_and_one_is_live(site: Site, kind: str):
    socket = await site.live()
    now = (await socket.ping())[-1]["position"]
    position = {
        "old": shifted(now, -3600),
        "foreign": "zzzzzzzz" + now[8:],
        "malformed": now[:-1],
        "empty": "",
        "long": "0" * 10_000,
        "NUL": now + "\x00",
    }[kind]
    answer = await socket.subscribe("public", position)
    assert (answer["op"], answer["recovered"]) == ("subscribed", False)
    assert answer["position"] >= now
    author = await site.sign_up()
    post_id = await author.publish("Live from now.")
    events = await socket.events_until(post_id)
    assert [frame["id"] for frame in events] == [str(post_id)]


async def test_a_position_of_one_channel_is_good_for_another(site: Site):
    """It is a place in the one order of all commits."""
    author, reader = await site.sign_up(), await site.sign_up()
    socket = await site.live()
    position = (await socket.subscribe("public"))["position"]
    await reader.follow(author)
    post_id = await author.publish()
    other = await site.live(reader)
    assert (await other.subscribe("home", position))["recovered"] is True
    assert str(post_id) in [frame.get("id") for frame in await other.until_op("current")]
