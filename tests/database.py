"""A real mongod for tests: a one-member replica set on a Unix socket in a folder of its own."""

import shutil
import subprocess
import sysconfig
import tempfile
from pathlib import Path
from time import monotonic, sleep
from urllib.parse import quote

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

__all__ = ["Mongod"]


class Mongod:
    """Started once a run; every test gets a database of its own in it."""

    def __init__(self) -> None:
        # Below /tmp and short: the path of a socket has 107 bytes.
        self.folder = Path(tempfile.mkdtemp(prefix="tidings-"))
        self.socket = self.folder / "mongodb.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, name: str) -> str:
        return f"mongodb://{quote(str(self.socket), safe='')}/{name}?directConnection=true"

    def start(self) -> None:
        data = self.folder / "data"
        data.mkdir()
        self._process = subprocess.Popen(
            [
                *(self.binary(), "--dbpath", str(data), "--bind_ip", str(self.socket)),
                *("--replSet", "tidings", "--unixSocketPrefix", str(self.folder)),
                *("--wiredTigerCacheSizeGB", "0.5", "--oplogSize", "200"),
            ],
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "log").open("wb"),
            stderr=subprocess.STDOUT,
        )
        deadline = monotonic() + 20
        with MongoClient[dict[str, object]](self.url("admin"), serverSelectionTimeoutMS=500) as client:
            while True:
                assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
                assert monotonic() < deadline, "mongod did not elect itself"
                try:
                    if client.admin.command("hello").get("isWritablePrimary"):
                        return
                    members = [{"_id": 0, "host": str(self.socket)}]
                    client.admin.command("replSetInitiate", {"_id": "tidings", "members": members})
                except OperationFailure:
                    pass  # initiated already, the election is on
                except PyMongoError:
                    pass  # not listening yet
                sleep(0.02)

    @staticmethod
    def binary() -> str:
        packaged = Path(sysconfig.get_path("purelib")) / "fiftyone/db/bin/mongod"
        return shutil.which("mongod") or str(packaged)

    def drop(self, name: str) -> None:
        with MongoClient[dict[str, object]](self.url("admin")) as client:
            client.drop_database(name)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
