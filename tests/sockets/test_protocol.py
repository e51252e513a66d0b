"""The frames of the live socket, one by one, and what it says to frames that are none."""

import json
import re

import pytest
from websockets.exceptions import InvalidStatus

from tests.visitors import Site

POSITION = re.compile(r"[0-9a-z]{8}\.[0-9a-f]{16}")


async def refused_with(site: Site, **options: object) -> int:
    """The status that refuses the upgrade."""
    with pytest.raises(InvalidStatus) as caught:
        await site.live(**options)  # type: ignore[arg-type]
    return caught.value.response.status_code


@pytest.mark.parametrize("origin", [None, "null", "", "https://evil.example", "http://localhost:1", "http://127.0.0.1"])
async def test_a_socket_of_another_site_is_refused_before_the_upgrade(site: Site, origin: str | None):
    headers = {} if origin != "" else {"Origin": ""}
    assert await refused_with(site, origin=origin if origin else None, headers=headers) == 403


async def test_the_socket_is_judged_by_origin_alone(site: Site):
    await site.live(headers={"Sec-Fetch-Site": "cross-site"})
    headers = {"Sec-Fetch-Site": "same-origin"}
    assert await refused_with(site, origin="https://evil.example", headers=headers) == 403


async def test_a_foreign_host_is_refused_even_with_its_own_origin(site: Site):
    port = site.url.rsplit(":", 1)[1]
    headers = {"Host": f"evil.example:{port}"}
    assert await refused_with(site, origin=f"http://evil.example:{port}", headers=headers) in (400, 403)


async def test_the_upgrade_names_the_worker_and_grants_no_compression(site: Site):
    socket = await site.live(compression="deflate")
    response = socket.connection.response
    assert response is not None
    assert response.headers["Tidings-Worker"]
    assert "Sec-WebSocket-Extensions" not in response.headers


async def test_without_a_position_one_is_live_from_now(site: Site):
    ada = await site.sign_up()
    await ada.publish("Before.")
    socket = await site.live()
    frame = await socket.subscribe("public")
    assert frame == {"op": "subscribed", "channel": "public", "position": frame["position"]}
    assert POSITION.fullmatch(frame["position"])
    post_id = await ada.publish("After.")
    event = await socket.next_frame()
    assert event["id"] == str(post_id)
    assert event["position"] > frame["position"]


async def test_an_event_is_exactly_what_was_agreed(site: Site):
    ada = await site.sign_up()
    socket = await site.live()
    await socket.subscribe("public")
    post_id = await ada.publish("The *sea*.", title="Tide")
    event = await socket.next_frame()
    assert set(event) == {"op", "channel", "name", "id", "version", "position", "html"}
    expected = ("event", "public", "post.published", str(post_id), 1)
    assert tuple(event[key] for key in ("op", "channel", "name", "id", "version")) == expected
    assert event["html"].lstrip().startswith("<article")
    assert "<em>sea</em>" in event["html"]
    assert f'data-id="{post_id}"' in event["html"]
    assert event["html"].strip() in (await site.visitor().get("/public")).text, "sockets and pages show one article"


async def test_the_position_of_a_page_is_good_for_a_socket(site: Site):
    ada = await site.sign_up()
    position = (await site.visitor().get("/public")).position
    post_id = await ada.publish("Between page and socket.")
    socket = await site.live()
    answer = await socket.subscribe("public", position)
    assert answer == {"op": "subscribed", "channel": "public", "position": answer["position"], "recovered": True}
    frames = await socket.until_op("current")
    assert str(post_id) in [frame.get("id") for frame in frames]
    assert frames[-1] == {"op": "current", "channel": "public", "position": frames[-1]["position"]}
    assert frames[-1]["position"] >= frames[-2]["position"]


async def test_pong_carries_the_position_so_that_quiet_readers_stay_current(site: Site):
    ada, ben = await site.sign_up(), await site.sign_up()
    await ben.follow(ada)
    socket, witness = await site.live(ben), await site.live()
    await socket.subscribe("home")
    await witness.subscribe("public")
    [first] = await socket.ping()
    assert first == {"op": "pong", "position": first["position"]}
    stranger = await site.sign_up()
    post_id = await stranger.publish("Not for ben's home.")
    told = (await witness.until_event(post_id))[-1]["position"]
    again = await site.live(ben, worker=witness.worker)
    [pong] = await again.ping()
    assert pong["position"] >= told > first["position"]


async def test_two_channels_on_one_socket_are_told_apart(site: Site):
    ada = await site.sign_up()
    socket = await site.live()
    await socket.subscribe("public")
    await socket.subscribe(f"user:{ada.name}")
    post_id = await ada.publish()
    frames = await socket.collect(2)
    assert {frame["channel"] for frame in frames} == {"public", f"user:{ada.name}"}
    assert {frame["id"] for frame in frames} == {str(post_id)}
    await socket.send({"op": "unsubscribe", "channel": f"user:{ada.name}"})
    await socket.ping()
    await ada.publish("Second.")
    last = await ada.publish("Third.")
    events = await socket.events_until(last)
    assert [frame["channel"] for frame in events] == ["public", "public"]


async def test_a_profile_is_found_in_any_case(site: Site):
    ada = await site.sign_up()
    socket = await site.live()
    assert (await socket.subscribe(f"user:{ada.name.upper()}"))["op"] == "subscribed"


BAD = [
    "",
    "x",
    "[]",
    "7",
    "null",
    '"subscribe"',
    "{}",
    '{"op": 7}',
    '{"op": null}',
    '{"op": "dance"}',
    '{"op": "subscribe"}',
    '{"op": "subscribe", "channel": 7}',
    '{"op": "subscribe", "channel": null}',
    '{"op": "subscribe", "channel": ["public"]}',
    '{"op": "subscribe", "channel": {"$ne": 1}}',
    '{"op": "subscribe", "channel": "public", "position": 7}',
    '{"op": "subscribe", "channel": "public", "position": {"$gt": ""}}',
    '{"op": "unsubscribe"}',
    '{"op": "ping"',
    "[" * 16_000,
    '{"op":' * 2_600,
    '{"op": NaN}',
]


@pytest.mark.parametrize("frame", BAD, ids=[text[:50] for text in BAD])
async def test_a_frame_that_is_none_is_answered_and_the_socket_goes_on(site: Site, frame: str):
    socket = await site.live()
    await socket.send(frame)
    answer = await socket.next_frame()
    assert answer["op"] == "error"
    assert answer["code"] == "bad_frame"
    assert isinstance(answer["message"], str)
    assert answer["message"]
    assert (await socket.ping())[-1]["op"] == "pong"


CHANNELS = ["", "nonsense", "PUBLIC", "public ", "public\x00", "user", "post", "home:1", "$ne"]


@pytest.mark.parametrize("channel", CHANNELS, ids=[repr(name[:20]) for name in CHANNELS])
async def test_a_channel_that_is_none_is_unknown(site: Site, channel: str):
    socket = await site.live()
    await socket.send(json.dumps({"op": "subscribe", "channel": channel}))
    answer = await socket.next_frame()
    assert (answer["op"], answer["code"]) == ("error", "unknown_channel"), answer
    assert isinstance(answer["message"], str)
    assert (await socket.ping())[-1]["op"] == "pong"


@pytest.mark.parametrize("channel", ["\ud800", "x" * 9_000, "[" * 9_000], ids=["surrogate", "long", "brackets"])
async def test_a_channel_that_is_no_name_at_all_is_refused_in_words(site: Site, channel: str):
    socket = await site.live()
    await socket.send(json.dumps({"op": "subscribe", "channel": channel}))
    answer = await socket.next_frame()
    assert answer["op"] == "error"
    assert answer["code"] in ("unknown_channel", "bad_frame")
    assert (await socket.ping())[-1]["op"] == "pong"


@pytest.mark.parametrize("channel", ["post:1", "post:9223372036854775807", "user:nobody", "user:no.body"])
async def test_what_is_not_there_is_not_found(site: Site, channel: str):
    socket = await site.live()
    answer = await socket.subscribe(channel)
    assert (answer["op"], answer["code"], answer["channel"]) == ("error", "not_found", channel)


@pytest.mark.parametrize(
    "channel", ["post:", "post:x", "post:-1", "post:01", "post:99999999999999999999", "user:", "user:a b", "user:\x00"]
)
async def test_what_cannot_be_there_is_an_error_too(site: Site, channel: str):
    socket = await site.live()
    answer = await socket.subscribe(channel)
    assert (answer["op"], answer["code"] in ("not_found", "unknown_channel")) == ("error", True)


async def test_home_is_for_people_who_are_signed_in(site: Site):
    socket = await site.live()
    answer = await socket.subscribe("home")
    assert (answer["op"], answer["code"], answer["channel"]) == ("error", "sign_in", "home")
    assert (await socket.subscribe("public"))["op"] == "subscribed"


async def test_a_made_up_cookie_is_nobody(site: Site):
    socket = await site.live(headers={"Cookie": "tidings=made-up"})
    assert (await socket.subscribe("home"))["code"] == "sign_in"


async def test_notifications_are_an_error_until_they_exist(site: Site):
    socket = await site.live(await site.sign_up())
    assert (await socket.subscribe("notifications"))["op"] == "error"


async def test_what_one_may_not_see_is_not_found_exactly_as_what_never_was(site: Site):
    ada, ben = await site.sign_up(), await site.sign_up()
    post_id = await ada.publish("For followers.", visibility="followers")
    outsider = await site.live(ben)
    hidden = await outsider.subscribe(f"post:{post_id}")
    never = await outsider.subscribe(f"post:{post_id + 1}")
    assert hidden["code"] == "not_found"
    assert json.dumps(hidden).replace(str(post_id), "") == json.dumps(never).replace(str(post_id + 1), "")
    await ben.follow(ada)
    insider = await site.live(ben)
    assert (await insider.subscribe(f"post:{post_id}"))["op"] == "subscribed"
