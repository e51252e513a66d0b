"""What the server says to requests that are odd, hostile or slow, byte by byte."""

import socket
from contextlib import suppress
from time import monotonic

import pytest

from tests.server.running import SampleServer, exchange


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def request(*lines: str, method: str = "GET", path: str = "/pid", body: bytes = b"") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + body


def test_every_response_tells_which_worker_it_is_from(sample: SampleServer) -> None:
    answer = exchange(sample.port, request("Host: localhost", "Connection: close"))
    assert status(answer) == 200
    assert b"\r\ntidings-worker: 1\r\n" in answer
    assert b"server: hypercorn" not in answer


def test_so_do_the_servers_own_refusals(sample: SampleServer) -> None:
    assert b"\r\ntidings-worker: 1\r\n" in exchange(sample.port, b"what is this\r\n\r\n")


def test_a_body_with_two_lengths_is_refused(sample: SampleServer) -> None:
    data = request(
        "Host: localhost",
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        method="POST",
        path="/length",
        body=b"0\r\n\r\nGET /pid HTTP/1.1\r\nHost: localhost\r\n\r\n",
    )
    answer = exchange(sample.port, data)
    assert status(answer) == 400
    assert answer.count(b"HTTP/1.1") == 1, "what was smuggled must not be answered"


@pytest.mark.parametrize(
    "lines",
    [
        ("Host: localhost", "Host: example.org"),
        (),
        ("Host: localhost", "Content-Length: 1", "Content-Length: 2"),
    ],
    ids=["two hosts", "no host", "two content-lengths"],
)
def test_a_head_that_can_be_read_in_two_ways_is_refused(sample: SampleServer, lines: tuple[str, ...]) -> None:
    assert status(exchange(sample.port, request(*lines))) == 400


def test_a_head_that_is_too_long_is_refused_although_it_comes_in_one_piece(sample: SampleServer) -> None:
    assert status(exchange(sample.port, request("Host: localhost", f"X-Long: {'x' * 40_000}"))) == 431


def test_an_upgrade_to_cleartext_http2_is_not_made(sample: SampleServer) -> None:
    answer = exchange(
        sample.port,
        request(
            "Host: localhost", "Connection: Upgrade, HTTP2-Settings, close", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"
        ),
    )
    assert status(answer) == 200, "answered as the HTTP/1.1 that it is"
    assert b"upgrade" not in answer.lower()


def test_http2_by_prior_knowledge_is_refused(sample: SampleServer) -> None:
    answer = exchange(sample.port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
    assert status(answer) in (400, 505)


def test_pipelined_requests_are_answered_in_order(sample: SampleServer) -> None:
    first = request("Host: localhost", path="/slow?seconds=0.2")
    second = request("Host: localhost", "Connection: close", path="/who")
    answer = exchange(sample.port, first + second)
    assert answer.count(b"HTTP/1.1 200") == 2
    assert answer.index(b"done") < answer.index(b"client")


def test_a_connection_is_kept_for_the_next_request(sample: SampleServer) -> None:
    with socket.create_connection(("127.0.0.1", sample.port), timeout=5) as connection:
        for _ in range(3):
            connection.sendall(request("Host: localhost"))
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_client_that_leaves_with_a_request_waiting_leaves_nothing_behind(sample: SampleServer) -> None:
    with socket.create_connection(("127.0.0.1", sample.port), timeout=5) as connection:
        connection.sendall(request("Host: localhost", path="/slow?seconds=0.3") * 3)
    assert status(exchange(sample.port, request("Host: localhost", "Connection: close"))) == 200


def test_a_large_answer_arrives_whole(sample: SampleServer) -> None:
    answer = exchange(sample.port, request("Host: localhost", "Connection: close", path="/large?bytes=5000000"))
    assert len(answer.partition(b"\r\n\r\n")[2]) == 5_000_000


def test_a_large_body_arrives_whole(sample: SampleServer) -> None:
    body = b"x" * 3_000_000
    lines = ("Host: localhost", "Connection: close", f"Content-Length: {len(body)}")
    answer = exchange(sample.port, request(*lines, method="POST", path="/length", body=body))
    assert answer.endswith(b"3000000")


def test_an_application_that_fails_answers_500_and_nothing_of_itself(sample: SampleServer) -> None:
    answer = exchange(sample.port, request("Host: localhost", "Connection: close", path="/fails"))
    assert status(answer) == 500
    assert b"Traceback" not in answer


def test_a_head_that_takes_too_long_is_cut(sample: SampleServer) -> None:
    began = monotonic()
    with socket.create_connection(("127.0.0.1", sample.port), timeout=5) as connection:
        connection.sendall(b"GET /pid HTTP/1.1\r\nHost: loc")
        with suppress(ConnectionResetError):
            assert connection.recv(100) == b""
    assert 0.7 < monotonic() - began < 3
