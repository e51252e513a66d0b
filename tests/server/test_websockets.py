"""What a websocket may do, and when the server lets it go."""

import asyncio
import os
import socket
from contextlib import suppress
from time import monotonic

import httpx2
import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.server.running import SampleServer, eventually, exchange

HANDSHAKE = (
    b"GET /echo HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n"
)


def frame(opcode: int, payload: bytes, final: bool = True) -> bytes:
    """A masked frame of a client (RFC 6455, 5.2)."""
    mask = os.urandom(4)
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    return bytes([opcode | (0x80 if final else 0)]) + length + mask + masked


def url(sample: SampleServer) -> str:
    return sample.url.replace("http", "ws") + "/echo"


async def closing_code(connection: ClientConnection) -> int | None:
    with suppress(ConnectionClosed):
        while True:
            await asyncio.wait_for(connection.recv(), 5)
    return connection.close_code


async def test_messages_go_there_and_back(sample: SampleServer) -> None:
    async with connect(url(sample)) as connection:
        for message in ("hello", "", "ä" * 1000, b"bytes"):
            await connection.send(message)
            assert await connection.recv() == message


async def test_a_message_in_parts_is_put_together(sample: SampleServer) -> None:
    async with connect(url(sample)) as connection:
        await connection.send(["he", "ll", "o"])
        assert await connection.recv() == "hello"


def test_compression_is_not_agreed_on(sample: SampleServer) -> None:
    """Should this hold without LiveStream.handle, Hypercorn can be told so now: drop that part of it."""
    with socket.create_connection(("127.0.0.1", sample.port), timeout=5) as connection:
        connection.sendall(HANDSHAKE)
        head = connection.recv(4096)
    assert head.startswith(b"HTTP/1.1 101")
    assert b"extensions" not in head.lower()
    assert b"tidings-worker: 1" in head


async def test_a_message_of_the_limit_passes(sample: SampleServer) -> None:
    async with connect(url(sample)) as connection:
        await connection.send("x" * 16384)
        assert len(await connection.recv()) == 16384


@pytest.mark.parametrize("message", ["x" * 16385, "ä" * 8193, b"x" * 16385, "x" * 2_000_000], ids=len)
async def test_a_message_over_16_kb_of_bytes_is_refused_with_1009(sample: SampleServer, message: str | bytes) -> None:
    async with connect(url(sample), compression=None) as connection:
        await connection.send(message)
        assert await closing_code(connection) == 1009


async def test_many_small_parts_are_counted_together(sample: SampleServer) -> None:
    async with connect(url(sample), compression=None) as connection:
        with suppress(ConnectionClosed):
            await connection.send(["x" * 1000] * 17)
        assert await closing_code(connection) == 1009


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (frame(0x3, b"?"), 1002),
        (frame(0x1, b"\xff\xfe"), 1007),
        (b"\x81\x01x", 1002),
    ],
    ids=["unknown opcode", "not UTF-8", "not masked"],
)
def test_a_frame_against_the_rules_is_answered_with_what_is_wrong(sample: SampleServer, sent: bytes, code: int) -> None:
    answer = talk(sample, sent)
    assert answer[0] == 0x88
    assert int.from_bytes(answer[2:4], "big") == code


def talk(sample: SampleServer, sent: bytes) -> bytes:
    """What comes after the handshake when these bytes are sent, up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", sample.port), timeout=5) as connection:
        connection.sendall(HANDSHAKE)
        assert connection.recv(4096).startswith(b"HTTP/1.1 101")
        connection.sendall(sent)
        received = b""
        while part := connection.recv(4096):
            received += part
    return received.removeprefix(b"\x89\x00")


async def test_who_answers_pings_stays(sample: SampleServer) -> None:
    """Should Hypercorn watch for pongs itself one day, `Connection.check` need not."""
    async with connect(url(sample), ping_interval=None) as connection:
        await asyncio.sleep(1.6)  # four intervals, twice as long as silence is allowed
        await connection.send("still here")
        assert await connection.recv() == "still here"


def test_who_answers_no_ping_is_dropped(sample: SampleServer) -> None:
    began = monotonic()
    with socket.create_connection(("127.0.0.1", sample.port), timeout=5) as connection:
        connection.sendall(HANDSHAKE)
        received = b""
        try:
            while part := connection.recv(4096):
                received += part
        except ConnectionResetError:
            pass
    assert b"\x89\x00" in received, "it was asked"
    assert 0.7 < monotonic() - began < 2


async def test_the_server_survives_clients_that_vanish(sample: SampleServer) -> None:
    for _ in range(20):
        connection = await connect(url(sample))
        connection.transport.abort()
    async with connect(url(sample)) as connection:
        await connection.send("hello")
        assert await connection.recv() == "hello"


async def test_a_client_that_never_reads_does_not_fill_the_memory(sample: SampleServer) -> None:
    worker = psutil.Process(sample.worker_pids[1])
    before = worker.memory_info().rss
    flood = frame(0x1, b"x" * 16000) * 64
    with socket.create_connection(("127.0.0.1", sample.port), timeout=1) as connection:
        connection.sendall(HANDSHAKE)
        assert connection.recv(4096).startswith(b"HTTP/1.1 101")
        sent = 0
        with suppress(TimeoutError, ConnectionError):
            while sent < 200_000_000:
                connection.sendall(flood)
                sent += len(flood)
    assert sent < 50_000_000
    assert worker.memory_info().rss - before < 60_000_000


def test_who_sends_before_being_accepted_is_refused_and_forgotten(sample: SampleServer) -> None:
    early = HANDSHAKE.replace(b"/echo", b"/undecided") + frame(0x1, b"hello")
    assert exchange(sample.port, early).startswith(b"HTTP/1.1 400")
    eventually(lambda: httpx2.get(f"{sample.url}/undecided/count").text == "0")


def test_a_handshake_that_is_none_is_refused_and_its_connection_ended(sample: SampleServer) -> None:
    wrong = HANDSHAKE.replace(b"Version: 13", b"Version: 12")
    began = monotonic()
    assert exchange(sample.port, wrong).startswith(b"HTTP/1.1 400")
    assert monotonic() - began < 4
