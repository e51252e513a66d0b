"""A real server in processes of its own, started and ended as an operator does."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import monotonic, sleep

import psutil

from tests.letters import Letters

__all__ = ["Server", "clean_environment"]

ADDRESS = re.compile(r"Tidings is at (http://\S+)")


def clean_environment() -> dict[str, str]:
    """This environment without any setting of Tidings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TIDINGS_")}


class Server:
    """`tidings serve` in a folder of its own (data, mail, log); nothing of it outlives `stop`."""

    def __init__(self, folder: Path, workers: int = 2, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.mail_folder = folder / "mail"
        self.log = folder / "server.log"
        self.letters = Letters(self.mail_folder)
        self.url = ""
        self._workers = workers
        self._settings = {
            "TIDINGS_DATA_DIR": str(folder / "data"),
            "TIDINGS_MAIL_URL": f"file://{self.mail_folder}",
            "TIDINGS_RATE_LIMITS": "off",
            **(settings or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, timeout: float = 30) -> None:
        """Start and wait until it says where it is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.mail_folder.mkdir(exist_ok=True)
        with self.log.open("ab") as log:
            begin = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tidings", "serve", "--workers", str(self._workers), "--port", "0"],
                cwd=self.folder,
                env=clean_environment() | self._settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = monotonic() + timeout
        while (found := ADDRESS.search(self.output[begin:])) is None:
            ended = self._process.poll()
            assert ended is None, f"tidings serve ended with {ended}:\n{self.output}"
            assert monotonic() < deadline, f"no address within {timeout} s:\n{self.output}"
            sleep(0.02)
        self.url = found[1].rstrip("/.")

    def stop(self, timeout: float = 20) -> int:
        """Ask it to end (SIGTERM), and make sure that it has; its exit status."""
        assert self._process is not None
        family = self.family()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait(timeout)
        finally:
            for process in family:
                if process.is_running():
                    process.kill()

    def family(self) -> list[psutil.Process]:
        """Every process below the supervisor, the database among them."""
        assert self._process is not None
        try:
            return psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    @property
    def started(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def pids(self) -> list[int]:
        """The workers: every process below the supervisor that is not the database."""
        return [process.pid for process in self.family() if "mongod" not in process.name()]

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")
