"""One data folder, one mongod, one server; the other commands share it or bring their own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from pymongo import MongoClient

from tests.server.running import SampleServer, eventually, free_port, gone
from tidings.errors import SettingsError
from tidings.server.data_dir import Busy, FolderLock, Holder, kept_secret, prepare_folder
from tidings.server.database import database_of
from tidings.settings import read_settings

HOLDER = """
import sys, time
from pathlib import Path
from tidings.server.data_dir import FolderLock
FolderLock(Path(sys.argv[1])).take(sys.argv[2] == "serving")
print("held", flush=True)
time.sleep(float(sys.argv[3]))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tidings-") as name:
        yield Path(name)


def hold(folder: Path, how: str, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder), how, str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_server_is_refused_and_a_command_shares_the_database(folder: Path, tmp_path: Path) -> None:
    own = {"TIDINGS_DATA_DIR": str(folder), "TIDINGS_DATABASE_URL": ""}
    server = SampleServer(tmp_path / "one", workers=1, settings=own)
    with server:
        port = free_port()
        second = SampleServer(tmp_path / "two", workers=1, settings=own, port=port)
        second.start(wait=False)
        assert second.wait() == 1
        assert f"Another `tidings serve` (process {server.process.pid})" in second.output
        assert "TIDINGS_DATA_DIR" in second.output

        settings = read_settings(_env_file=None, data_dir=folder)
        with database_of(settings) as database:
            assert database.mongod is None
            assert database.settings.database_url is not None
            assert str(folder / "run").replace("/", "%2F") in database.settings.database_url
            assert database.settings.secret_key == (folder / "secret_key").read_text().strip()

            # Should its mongod end by itself, the server brings it back at the same place.
            found = [child for child in psutil.Process(server.process.pid).children() if "mongod" in child.name()]
            found[0].kill()
            with MongoClient[dict[str, Any]](database.settings.database_url) as client:
                eventually(lambda: "started again" in server.output)
                assert client.admin.command("hello")["setName"] == "tidings"

        # Killed, the server leaves nothing that the next start would have to wait for long.
        server.process.kill()
        server.process.wait()
    with database_of(settings) as database:
        assert database.mongod is not None
        pid = database.mongod.pid
        assert pid is not None
        assert not gone(pid)
    assert gone(pid)


def test_a_short_command_is_waited_for(folder: Path) -> None:
    holder = hold(folder, "briefly", 0.3)
    lock = FolderLock(folder)
    lock.take(serving=True)
    assert lock.holder() == Holder(os.getpid(), True)
    lock.release()
    holder.wait(5)


def test_who_never_lets_go_is_named(folder: Path) -> None:
    holder = hold(folder, "briefly", 60)
    with pytest.raises(SettingsError, match=f"process {holder.pid}"):
        FolderLock(folder).take(serving=True, patience=0.1)
    holder.kill()
    holder.wait()


def test_a_living_server_is_told_of_at_once(folder: Path) -> None:
    holder = hold(folder, "serving", 60)
    with pytest.raises(Busy) as busy:
        FolderLock(folder).take(serving=True, patience=60)
    assert busy.value.holder.pid == holder.pid
    holder.kill()
    holder.wait()
    eventually(lambda: FolderLock(folder).take(serving=True, patience=1) is None)


def test_secrets_are_made_once_and_for_their_owner_alone(folder: Path) -> None:
    path = folder / "secret_key"
    secret = kept_secret(path)
    assert len(secret) > 40
    assert kept_secret(path) == secret
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in folder.iterdir()] == ["secret_key"]


def test_a_database_of_ones_own_is_left_alone(folder: Path) -> None:
    settings = read_settings(_env_file=None, data_dir=folder / "data", database_url="mongodb://elsewhere/tidings")
    with database_of(settings) as database:
        assert database.settings == settings
        assert database.environment == {"TIDINGS_DATABASE_URL": "mongodb://elsewhere/tidings"}
    assert not (folder / "data").exists()


def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(SettingsError, match="TIDINGS_DATA_DIR"):
        prepare_folder(Path("/proc/tidings"))
