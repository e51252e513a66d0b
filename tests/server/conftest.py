"""A sample site served by the real supervisor, and the raw side of the wire."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.server.running import SampleServer

Serve = Callable[..., SampleServer]

QUICK = """
graceful_timeout = 3.0
shutdown_timeout = 1.0
websocket_ping_interval = 0.4
head_timeout = 0.8
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleServer]:
    """One worker with quick pings, for tests that only talk to it."""
    folder = tmp_path_factory.mktemp("sample")
    with SampleServer(folder, workers=1, config=QUICK) as server:
        yield server


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start sample sites that a test may stop, kill and roll; none outlives the test."""
    servers: list[SampleServer] = []

    def start(workers: int = 2, config: str = QUICK, **settings: str) -> SampleServer:
        server = SampleServer(tmp_path / str(len(servers)), workers=workers, config=config, settings=settings)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.kill()
