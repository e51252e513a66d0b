"""The sample application in processes of its own, and things to wait for."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType
from typing import Self, TypeVar

import httpx2
import psutil

from tests.running import ADDRESS, clean_environment

__all__ = ["SampleServer", "eventually", "exchange", "free_port", "gone"]

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]


def eventually(question: Callable[[], T], timeout: float = 10.0) -> T:
    """The first answer that is true, asked again and again until the deadline."""
    deadline = monotonic() + timeout
    while not (answer := question()):
        assert monotonic() < deadline, f"not within {timeout} s"
        sleep(0.02)
    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def exchange(port: int, data: bytes, timeout: float = 5.0) -> bytes:
    """Send bytes and read until the server ends the connection (or, after the timeout, what came until then)."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.sendall(data)
        with suppress(TimeoutError, ConnectionResetError):
            while part := connection.recv(65536):
                received += part
    return received


class SampleServer:
    """`tests.server.serve_sample`, on memory:// unless the settings say otherwise."""

    def __init__(
        self, folder: Path, workers: int = 2, config: str = "", settings: Mapping[str, str] | None = None, port: int = 0
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "server.log"
        self._config = folder / "hypercorn.toml"
        self._config.write_text(config)
        self._workers = workers
        # A URL that nobody connects to: the sample application keeps nothing.
        self._settings = {
            "TIDINGS_DATABASE_URL": "mongodb://127.0.0.1:1/unused",
            "TIDINGS_SECRET_KEY": "x" * 40,
            **(settings or {}),
        }
        self._wanted_port = port
        self.process: subprocess.Popen[bytes]
        self.url = ""

    def start(self, wait: bool = True) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.server.serve_sample"),
                    *(str(self._wanted_port), str(self._workers), str(self._config)),
                ],
                cwd=ROOT,
                env=clean_environment() | self._settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if wait:
            self.url = eventually(self._address, 20)
            eventually(lambda: self.output.count(" is ready") >= self._workers, 20)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def worker_pids(self) -> dict[int, int]:
        """The newest process of each worker, by its number, as the log tells."""
        found = re.findall(r"Worker (\d+) is process (\d+)", self.output)
        return {int(number): int(pid) for number, pid in found}

    def client(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url=self.url, timeout=10)

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self, timeout: float = 12.0) -> int:
        return self.process.wait(timeout)

    def kill(self) -> None:
        """The end of it and of all below it, whatever state it is in."""
        if self.process.poll() is None:
            family = psutil.Process(self.process.pid).children(recursive=True)
            self.process.kill()
            self.process.wait(10)
            for child in family:
                with suppress(psutil.NoSuchProcess):
                    child.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    def _address(self) -> str | None:
        assert self.process.poll() is None, self.output
        found = ADDRESS.search(self.output)
        return found[1] if found else None


def gone(pid: int) -> bool:
    """Whether no process has this pid (a zombie counts as gone)."""
    try:
        os.kill(pid, 0)
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except (ProcessLookupError, psutil.NoSuchProcess):
        return True
