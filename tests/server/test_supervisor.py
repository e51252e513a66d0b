"""What operators and accidents do to a running server, and what its readers notice of it."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic

import httpx2
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.server.conftest import QUICK, Serve
from tests.server.running import SampleServer, eventually, exchange, free_port, gone


async def test_a_killed_worker_is_replaced_within_three_seconds(serve: Serve) -> None:
    server = serve(workers=1)
    pid = server.worker_pids[1]
    os.kill(pid, signal.SIGKILL)
    began = monotonic()
    async with server.client() as client:
        # It waits in the backlog of the port, which the supervisor keeps open.
        answer = await client.get("/pid")
    assert monotonic() - began < 3
    assert int(answer.text) == server.worker_pids[1] != pid
    assert f"process {pid}) was killed by SIGKILL" in server.output


async def test_a_stop_finishes_requests_and_sends_sockets_elsewhere(serve: Serve) -> None:
    server = serve(workers=2)
    async with server.client() as client, connect(server.url.replace("http", "ws") + "/echo") as socket_:
        slow = [asyncio.create_task(client.get("/slow?seconds=1")) for _ in range(6)]
        idle = socket.create_connection(("127.0.0.1", server.port))
        await asyncio.sleep(0.3)  # the requests have to be under way
        server.signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket_.recv(), 5)
        assert socket_.close_code == 1012
        answers = await asyncio.gather(*slow)
        assert [answer.status_code for answer in answers] == [200] * 6
        assert {answer.headers["connection"] for answer in answers} == {"close"}
        idle.close()
    assert server.wait() == 0
    assert "does not stop" not in server.output
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


async def test_a_stop_does_not_wait_for_ever(serve: Serve) -> None:
    server = serve(workers=1, config=QUICK.replace("graceful_timeout = 3.0", "graceful_timeout = 0.5"))
    async with server.client() as client:
        request = asyncio.create_task(client.get("/slow?seconds=60"))
        await asyncio.sleep(0.3)
        began = monotonic()
        server.signal(signal.SIGTERM)
        assert await asyncio.to_thread(server.wait) == 0
        assert monotonic() - began < 5
        with pytest.raises(httpx2.HTTPError):
            await request
    assert "Cut off 1 connections" in server.output


async def test_a_hangup_replaces_all_workers_and_fails_no_request(serve: Serve) -> None:
    server = serve(workers=2)
    before = server.worker_pids
    failures: list[object] = []
    pids: set[str] = set()
    done = asyncio.Event()

    async def visit(keep_alive: bool) -> None:
        limits = httpx2.Limits(max_keepalive_connections=5 if keep_alive else 0)
        async with httpx2.AsyncClient(base_url=server.url, limits=limits, timeout=10) as client:
            while not done.is_set():
                try:
                    answer = await client.get("/pid")
                    pids.add(answer.text)
                    if answer.status_code != 200:
                        failures.append(answer.status_code)
                except httpx2.HTTPError as error:
                    failures.append(error)
                await asyncio.sleep(0.01)

    visitors = [asyncio.create_task(visit(number % 2 == 0)) for number in range(6)]
    await asyncio.sleep(0.2)
    server.signal(signal.SIGHUP)
    await asyncio.to_thread(eventually, lambda: all(gone(pid) for pid in before.values()), 30)
    await asyncio.sleep(0.2)
    done.set()
    await asyncio.gather(*visitors)
    assert not failures
    after = server.worker_pids
    assert not set(after.values()) & set(before.values())
    assert {str(pid) for pid in after.values()} <= pids


def test_workers_do_not_outlive_their_supervisor(serve: Serve) -> None:
    server = serve(workers=2)
    pids = server.worker_pids.values()
    server.process.kill()
    server.process.wait()
    eventually(lambda: all(gone(pid) for pid in pids), 5)


def test_a_worker_that_can_never_start_is_given_up(tmp_path: Path) -> None:
    server = SampleServer(tmp_path, workers=1, settings={"SAMPLE_FAILS": "1"})
    server.start(wait=False)
    assert server.wait(30) == 1
    assert "No worker could start" in server.output
    assert "made to fail" in server.output


def test_a_taken_port_is_told_of_after_a_while(tmp_path: Path) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        server = SampleServer(tmp_path, workers=1, port=port)
        server.start(wait=False)
        assert server.wait() == 1
    assert f"Port {port} of 127.0.0.1 is used by another program" in server.output
    assert "--port" in server.output


def test_a_port_that_comes_free_is_taken(tmp_path: Path) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        server = SampleServer(tmp_path, workers=1, port=port)
        server.start(wait=False)
    server.url = f"http://127.0.0.1:{port}"
    eventually(lambda: "Tidings is at" in server.output)
    assert exchange(port, b"GET /pid HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").startswith(
        b"HTTP/1.1 200"
    )
    server.signal(signal.SIGINT)
    assert server.wait() == 0


def test_both_workers_get_connections(serve: Serve) -> None:
    server = serve(workers=2)
    head = b"GET /pid HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    answers = {exchange(server.port, head).rpartition(b"\r\n")[2] for _ in range(60)}
    assert answers == {str(pid).encode() for pid in server.worker_pids.values()}


def test_a_memory_database_has_one_worker(tmp_path: Path) -> None:
    server = SampleServer(tmp_path, workers=2, settings={"TIDINGS_DATABASE_URL": "memory://"})
    server.start(wait=False)
    assert server.wait() == 1
    assert "--workers 1" in server.output


def test_the_supervisor_stands_alone() -> None:
    """It must not carry what only workers need: that is memory and starting time."""
    code = "import sys, tidings.server.serving; print([name for name in sys.modules if name in HEAVY])".replace(
        "HEAVY", "('quart', 'hypercorn', 'motor', 'pymongo', 'jinja2', 'markdown_it')"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
