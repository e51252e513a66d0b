"""One socket with several channels: each tells an event once, and none of them disturbs another."""

import json

from tests.visitors import Site


async def test_each_channel_tells_an_event_once_on_a_socket_that_has_them_all(site: Site):
    author = await site.sign_up()
    post_id = await author.publish("First.")
    channels = ["public", "home", f"user:{author.name}", f"post:{post_id}"]
    socket = await site.live(author)
    for channel in channels:
        await socket.subscribe(channel)
    await author.edit(post_id, "Second.")
    await author.remove(post_id)
    told = [(frame["channel"], frame["name"]) for frame in await socket.collect(2 * len(channels))]
    assert sorted(told) == sorted((channel, name) for channel in channels for name in ("post.edited", "post.removed"))
    assert [frame["op"] for frame in await socket.ping()] == ["pong"]


async def test_leaving_a_profile_under_one_spelling_keeps_it_under_another(site: Site):
    author = await site.sign_up()
    other = author.name.upper()
    socket = await site.live()
    await socket.subscribe(f"user:{author.name}")
    await socket.subscribe(f"user:{other}")
    await socket.send({"op": "unsubscribe", "channel": f"user:{other}"})
    post_id = await author.publish("Still here.")
    events = await socket.events_until(post_id)
    assert [frame["channel"] for frame in events] == [f"user:{author.name}"]
    assert [frame["op"] for frame in await socket.ping()] == ["pong"]


async def test_a_pong_never_claims_what_is_still_to_be_replayed(site: Site):
    author = await site.sign_up()
    socket = await site.live()
    start = (await socket.ping())[-1]["position"]
    missed = [await author.publish(f"Missed {number}.") for number in range(5)]
    await socket.send({"op": "subscribe", "channel": "public", "position": start})
    await socket.send({"op": "ping"})
    frames = await socket.until_op("current")
    pongs = [index for index, frame in enumerate(frames) if frame["op"] == "pong"]
    if not pongs:  # answered after the replay, when it may claim all of it
        return
    told = [frame["position"] for frame in frames[: pongs[0]] if frame["op"] == "event"]
    assert frames[pongs[0]]["position"] == (told[-1] if told else start)
    assert [frame["id"] for frame in frames if frame["op"] == "event"] == [str(post_id) for post_id in missed]


async def test_a_refused_subscription_does_not_hold_the_position_back(site: Site):
    author = await site.sign_up()
    socket = await site.live()
    start = (await socket.ping())[-1]["position"]
    await author.publish("Something.")
    await socket.send(json.dumps({"op": "subscribe", "channel": "user:nobody", "position": start}))
    await socket.until_op("error")
    assert (await socket.ping())[-1]["position"] > start
