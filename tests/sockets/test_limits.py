"""What a socket may not do, how it ends, and with which code."""

import asyncio
import json
import socket as plain
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus

from tests.visitors import Site


async def test_a_frame_of_more_than_sixteen_kilobytes_ends_the_socket(site: Site):
    socket = await site.live()
    await socket.send(json.dumps({"op": "ping", "pad": "x" * 15_000}))
    assert (await socket.next_frame())["op"] in ("pong", "error")
    await socket.send(json.dumps({"op": "ping", "pad": "x" * 17_000}))
    assert await socket.closed() == 1009


async def test_a_frame_in_many_pieces_is_measured_as_a_whole(site: Site):
    socket = await site.live()

    async def pieces():  # type: ignore[no-untyped-def]
        for _ in range(40):
            yield "x" * 1_000

    await socket.connection.send(pieces())
    assert await socket.closed() == 1009


async def test_a_binary_frame_ends_the_socket(site: Site):
    socket = await site.live()
    await socket.send(b'{"op": "ping"}')
    assert await socket.closed() == 1003


async def test_a_flood_ends_the_socket_and_a_hundred_a_minute_do_not(site: Site):
    socket = await site.live()
    for _ in range(95):
        await socket.send({"op": "ping"})
    for _ in range(95):
        assert (await socket.next_frame())["op"] == "pong"
    for _ in range(20):
        await socket.send({"op": "ping"})
    assert await socket.closed() == 4029


async def test_signing_out_ends_the_sockets_of_that_session_on_every_process_and_no_other(site: Site):
    ada = await site.sign_up()
    elsewhere = site.visitor()
    await elsewhere.login(ada.name)
    here = await site.live(ada)
    there = await site.live(ada, not_worker=here.worker)
    other = await site.live(elsewhere)
    stranger = await site.live()
    for socket in (here, there, other, stranger):
        await socket.subscribe("public")
    cookies = dict(ada.cookies)
    await ada.post("/logout")
    assert await here.closed() == 4001
    assert await there.closed() == 4001
    assert (await other.ping())[-1]["op"] == "pong"
    assert (await stranger.ping())[-1]["op"] == "pong"
    replayed = "; ".join(f"{name}={value}" for name, value in cookies.items())
    thief = await site.live(headers={"Cookie": replayed})
    assert (await thief.subscribe("home"))["code"] == "sign_in"


async def test_the_twenty_first_socket_of_a_person_on_a_worker_is_refused(site: Site):
    ada, ben = await site.sign_up(), await site.sign_up()
    first = await site.live(ada)
    sockets = [first] + [await site.live(ada, worker=first.worker) for _ in range(19)]
    with pytest.raises(InvalidStatus) as caught:
        # A connection that the other process takes is let in and closed again; ours refuses.
        await site.live(ada, worker=first.worker)
    assert caught.value.response.status_code == 429
    await site.live(ben, worker=first.worker)
    await site.live(worker=first.worker)
    await sockets[-1].close()
    async with asyncio.timeout(10):
        while True:
            try:
                await site.live(ada, worker=first.worker)
                break
            except InvalidStatus:
                await asyncio.sleep(0.05)


async def test_who_does_not_read_is_sent_away_and_nobody_else_waits(site: Site):
    """A reader that stands still: the server's queue fills, it gives up, and others hear everything in time."""
    author = await site.sign_up()
    body = "word " * 9_900
    post_id = await author.publish(body)
    address = urlsplit(site.url)
    narrow = plain.socket(plain.AF_INET)
    narrow.setsockopt(plain.SOL_SOCKET, plain.SO_RCVBUF, 4_096)
    narrow.connect((address.hostname, address.port))
    narrow.setblocking(False)
    slow = await site.live(sock=narrow, max_queue=1)
    quick = await site.live()
    await slow.subscribe(f"post:{post_id}")
    await quick.subscribe("public")
    for version in range(1, 121):
        form = {"source": f"{body}{version}", "visibility": "public", "version": str(version)}
        page = await author.post(f"/posts/{post_id}/edit", form)
        assert page.status == 303
        event = (await quick.events_until(post_id, "post.edited", timeout=5))[-1]
        assert event["version"] == version + 1
    assert await slow.closed(timeout=40) == 4008


async def test_a_socket_that_goes_without_a_word_leaves_room(site: Site):
    """Sixty hang up without a close frame: their places are free again."""
    ada = await site.sign_up()
    first = await site.live(ada)
    for _ in range(60):
        async with asyncio.timeout(10):
            while True:
                try:
                    gone = await site.live(ada, worker=first.worker)
                    break
                except InvalidStatus:
                    await asyncio.sleep(0.02)
        gone.connection.transport.abort()
        await gone.connection.wait_closed()
    assert (await first.ping())[-1]["op"] == "pong"


async def test_who_answers_no_ping_is_dropped_and_who_does_stays(site: Site):
    """Pings come every 15 seconds; after 30 without an answer the connection is gone."""
    good = await site.live()
    address = urlsplit(site.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    writer.write(
        (
            f"GET /live HTTP/1.1\r\nHost: {address.netloc}\r\nOrigin: {site.url}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ).encode()
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    frames = b""
    async with asyncio.timeout(60):
        while piece := await reader.read(4096):
            frames += piece
    assert frames.count(b"\x89") >= 2, "it was asked before it was dropped"
    writer.close()
    assert (await good.ping())[-1]["op"] == "pong"
