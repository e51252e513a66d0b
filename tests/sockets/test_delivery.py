"""Who hears of what: across processes, as follows change, and never what is not meant for them."""

import asyncio

import pytest

from tests.visitors import Site


async def test_a_post_through_one_process_reaches_sockets_on_both(site: Site):
    author, reader = await site.sign_up(), await site.sign_up()
    await reader.follow(author)
    here = await site.live(reader)
    there = await site.live(reader, not_worker=here.worker)
    for socket in (here, there):
        await socket.subscribe("home")
    workers = set()
    for number in range(20):
        page = await author.post("/posts", {"source": f"{number}"}, headers={"Connection": "close"})
        workers.add(page.headers["Tidings-Worker"])
        post_id = int(page.location.rsplit("/", 1)[1])
        one, other = [(await socket.events_until(post_id))[-1] for socket in (here, there)]
        assert one == other, "every process says the same"
    assert here.worker != there.worker


async def test_ones_own_posts_come_home_at_once(site: Site):
    author = await site.sign_up()
    socket = await site.live(author)
    await socket.subscribe("home")
    post_id = await author.publish()
    assert (await socket.next_frame())["id"] == str(post_id)


async def test_home_hears_only_of_those_one_follows(site: Site):
    author, stranger, reader = [await site.sign_up() for _ in range(3)]
    await reader.follow(author)
    socket = await site.live(reader)
    await socket.subscribe("home")
    await stranger.publish("Not for this home.")
    post_id = await author.publish()
    assert [frame["id"] for frame in await socket.events_until(post_id)] == [str(post_id)]


async def test_a_follow_resyncs_home_on_every_process_and_then_counts(site: Site):
    author, reader = await site.sign_up(), await site.sign_up()
    here = await site.live(reader)
    sockets = [here, await site.live(reader, not_worker=here.worker)]
    for socket in sockets:
        await socket.subscribe("home")
    await reader.follow(author)
    for socket in sockets:
        assert await socket.next_frame() == {"op": "resync", "channel": "home"}
    post_id = await author.publish("Now I am heard.")
    for socket in sockets:
        assert (await socket.next_frame())["id"] == str(post_id)
    await reader.unfollow(author)
    for socket in sockets:
        assert await socket.next_frame() == {"op": "resync", "channel": "home"}
    await author.publish("Now I am not.")
    own = await reader.publish("Mine.")
    for socket in sockets:
        assert [frame["id"] for frame in await socket.events_until(own)] == [str(own)]


async def test_somebody_elses_follow_resyncs_nobody_else(site: Site):
    author, reader, other = [await site.sign_up() for _ in range(3)]
    socket = await site.live(reader)
    await socket.subscribe("home")
    await other.follow(author)
    await author.follow(reader)
    own = await reader.publish()
    assert [frame["op"] for frame in await socket.until_event(own)] == ["event"]


async def test_what_is_for_followers_reaches_them_alone(site: Site):
    author, follower, outsider = [await site.sign_up() for _ in range(3)]
    await follower.follow(author)
    await outsider.follow(follower)
    inside = [(await site.live(follower), "home"), (await site.live(follower), f"user:{author.name}")]
    outside = [
        (await site.live(), "public"),
        (await site.live(), f"user:{author.name}"),
        (await site.live(outsider), f"user:{author.name}"),
        (await site.live(follower), "public"),
    ]
    away = await site.live(outsider)
    await away.subscribe("home")
    for socket, channel in inside + outside:
        assert (await socket.subscribe(channel))["op"] == "subscribed"
    secret = await author.publish("The secret words.", visibility="followers")
    await author.edit(secret, "The secret words, again.", "followers")
    marker = await author.publish("For all.")
    for socket, channel in inside:
        events = [(f["name"], f["id"]) for f in await socket.events_until(marker)]
        assert events == [
            ("post.published", str(secret)),
            ("post.edited", str(secret)),
            ("post.published", str(marker)),
        ], channel
    for socket, channel in outside:
        frames = await socket.until_event(marker)
        assert [frame["id"] for frame in frames] == [str(marker)], channel
    own = await outsider.publish()
    assert [frame["id"] for frame in await away.events_until(own)] == [str(own)]


async def test_to_stop_following_ends_hearing_what_is_for_followers(site: Site):
    author, reader = await site.sign_up(), await site.sign_up()
    await reader.follow(author)
    post_id = await author.publish("For followers.", visibility="followers")
    thread, profile = await site.live(reader), await site.live(reader)
    await thread.subscribe(f"post:{post_id}")
    await profile.subscribe(f"user:{author.name}")
    await reader.unfollow(author)
    await author.edit(post_id, "The secret words.", "followers")
    marker = await author.publish("For all.")
    frames = await profile.until_event(marker)
    assert "secret words" not in str(frames)
    witness = await site.live()
    await witness.subscribe("public")
    last = await author.publish("Later.")
    await witness.until_event(last)
    assert "secret words" not in str(await thread.ping())


async def test_what_is_unlisted_reaches_followers_and_no_public_list(site: Site):
    author, follower = await site.sign_up(), await site.sign_up()
    await follower.follow(author)
    home, public, profile = await site.live(follower), await site.live(), await site.live()
    await home.subscribe("home")
    await public.subscribe("public")
    await profile.subscribe(f"user:{author.name}")
    quiet = await author.publish("Quiet.", visibility="unlisted")
    marker = await author.publish("For all.")
    assert [f["id"] for f in await home.events_until(marker)] == [str(quiet), str(marker)]
    assert [f["id"] for f in await public.events_until(marker)] == [str(marker)]
    assert [f["id"] for f in await profile.events_until(marker)] == [str(marker)]


async def test_an_edit_arrives_in_its_place_with_its_version(site: Site):
    author = await site.sign_up()
    post_id = await author.publish("First.")
    sockets = {
        channel: await site.live(author) for channel in ("public", "home", f"user:{author.name}", f"post:{post_id}")
    }
    for channel, socket in sockets.items():
        await socket.subscribe(channel)
    await author.edit(post_id, "Second.")
    for channel, socket in sockets.items():
        frame = await socket.next_frame()
        assert (frame["name"], frame["id"], frame["version"]) == ("post.edited", str(post_id), 2), channel
        assert "Second." in frame["html"]
        assert 'data-version="2"' in frame["html"]


async def test_a_removal_arrives_everywhere_and_says_nothing_of_the_text(site: Site):
    author = await site.sign_up()
    post_id = await author.publish("The secret words.")
    sockets = {
        channel: await site.live(author) for channel in ("public", "home", f"user:{author.name}", f"post:{post_id}")
    }
    for channel, socket in sockets.items():
        await socket.subscribe(channel)
    await author.remove(post_id)
    for channel, socket in sockets.items():
        frame = await socket.next_frame()
        assert (frame["name"], frame["id"]) == ("post.removed", str(post_id)), channel
        assert "html" not in frame


@pytest.mark.parametrize("visibility", ["followers", "unlisted"])
async def test_what_is_taken_back_from_the_public_vanishes_and_is_never_told_again(site: Site, visibility: str):
    author, follower = await site.sign_up(), await site.sign_up()
    await follower.follow(author)
    public, home = await site.live(), await site.live(follower)
    before = (await public.subscribe("public"))["position"]
    await home.subscribe("home")
    post_id = await author.publish("The secret words.")
    await public.until_event(post_id)
    await home.until_event(post_id)
    await author.edit(post_id, "The secret words, for few.", visibility)
    gone = await public.next_frame()
    assert (gone["name"], gone["id"]) == ("post.removed", str(post_id))
    assert "html" not in gone
    kept = await home.next_frame()
    assert (kept["name"], kept["id"]) == ("post.edited", str(post_id))
    assert "for few" in kept["html"]
    for worker in (public.worker, None):
        again = await site.live(worker=worker) if worker else await site.live(not_worker=public.worker)
        assert (await again.subscribe("public", before))["recovered"] is True
        frames = await again.until_op("current")
        assert "secret words" not in str(frames)
    inside = await site.live(follower)
    await inside.subscribe("home", before)
    assert "for few" in str(await inside.until_op("current"))


async def test_what_is_opened_to_the_public_arrives_as_new(site: Site):
    author = await site.sign_up()
    post_id = await author.publish("For followers.", visibility="followers")
    socket = await site.live()
    await socket.subscribe("public")
    await author.edit(post_id, "For all.", "public")
    frame = await socket.next_frame()
    assert (frame["name"], frame["id"]) == ("post.published", str(post_id))
    assert "For all." in frame["html"]


async def test_a_removed_post_is_never_replayed_with_its_text(site: Site):
    author = await site.sign_up()
    socket = await site.live()
    before = (await socket.subscribe("public"))["position"]
    post_id = await author.publish("The secret words.")
    await author.edit(post_id, "The secret words, changed.")
    await author.remove(post_id)
    await socket.until_event(post_id, "post.removed")
    again = await site.live(not_worker=socket.worker)
    assert (await again.subscribe("public", before))["recovered"] is True
    frames = await again.until_op("current")
    assert "secret words" not in str(frames)


async def test_lists_are_told_the_beginning_and_its_own_page_the_whole(site: Site):
    author = await site.sign_up()
    long = "\n\n".join(f"Paragraph {number}. " + "word " * 100 for number in range(80))
    post_id = await author.publish("Short.")
    lists, thread = await site.live(), await site.live()
    await lists.subscribe("public")
    await thread.subscribe(f"post:{post_id}")
    await author.edit(post_id, long)
    short, whole = await lists.next_frame(), await thread.next_frame()
    assert len(short["html"].encode()) <= 8_192
    assert "Paragraph 0." in short["html"]
    assert "Paragraph 79." not in short["html"]
    assert "Paragraph 79." in whole["html"]


@pytest.mark.parametrize(
    "source",
    [
        "🎈" * 12_000,
        "`x` " * 2_000,
        "[a](https://example.org/" + "b" * 20_000 + ")",
        "```python\n" + "f(1)\n" * 9_000 + "```",
    ],
)
async def test_a_frame_of_a_list_is_small_whatever_is_written(site: Site, source: str):
    author = await site.sign_up()
    socket = await site.live()
    await socket.subscribe("public")
    post_id = await author.publish(source, title="T" * 100)
    event = (await socket.events_until(post_id))[-1]
    assert len(event["html"].encode()) <= 8_192


async def test_fifty_readers_hear_of_fifty_posts_in_one_order(site: Site):
    author = await site.sign_up()
    sockets = await asyncio.gather(*(site.live() for _ in range(50)))
    for socket in sockets:
        await socket.subscribe("public")
    await asyncio.gather(*(author.publish(f"{number}") for number in range(20)))
    last = await author.publish("Last.")
    orders = [[f["id"] for f in await socket.events_until(last)] for socket in sockets]
    assert len(orders[0]) == 21
    assert all(order == orders[0] for order in orders)
