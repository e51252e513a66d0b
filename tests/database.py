"""The mongod of the tests: Tidings' own embedded one, with a database of its own for every test that asks."""

import os
import tempfile
from pathlib import Path
from shutil import disk_usage, rmtree
from typing import Any
from urllib.parse import urlsplit

from pymongo import MongoClient

from tidings.server.mongod import EmbeddedMongod

__all__ = ["Mongod"]


ROOM = 2 * 1024**3


def quick_folder() -> str | None:
    """A folder in memory where there is one with room: every write waits until it is on the disk."""
    memory = Path("/dev/shm")
    try:
        return str(memory) if disk_usage(memory).free > ROOM and os.access(memory, os.W_OK) else None
    except OSError:
        return None


class Mongod:
    """Started once a run and stopped at its end."""

    def __init__(self) -> None:
        # Not below pytest's folder: its path is long, and that of a socket has 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="tidings-", dir=quick_folder()))
        self._mongod = EmbeddedMongod(self._folder)
        self._client: MongoClient[dict[str, Any]] | None = None

    def start(self) -> None:
        self._client = MongoClient(self._mongod.start())

    def url(self, name: str) -> str:
        return urlsplit(self._mongod.url)._replace(path=f"/{name}").geturl()

    def drop(self, name: str) -> None:
        assert self._client is not None
        self._client.drop_database(name)

    def stop(self) -> None:
        if self._client is not None:
            self._client.close()
        self._mongod.stop()
        rmtree(self._folder, ignore_errors=True)
