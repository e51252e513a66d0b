"""The embedded mongod: started, found again, moved, killed, and what it says when it cannot start."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from pymongo import MongoClient

from tests.server.running import eventually, gone
from tidings.errors import SettingsError
from tidings.server import mongod as module
from tidings.server.mongod import EmbeddedMongod
from tidings.server.mongod_binary import explain, find_binary

OWNER = """
import sys, time
from pathlib import Path
from tidings.server.mongod import EmbeddedMongod
mongod = EmbeddedMongod(Path(sys.argv[1]))
mongod.start()
print(mongod.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short folder: pytest's own have paths that are too long for sockets."""
    with tempfile.TemporaryDirectory(prefix="tidings-") as name:
        yield Path(name)


def client(mongod: EmbeddedMongod) -> MongoClient[dict[str, Any]]:
    return MongoClient(mongod.url, serverSelectionTimeoutMS=5000)


def test_what_was_written_is_there_after_a_kill_of_the_owner_and_a_move(folder: Path) -> None:
    first = folder / "with a space"
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(first)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    mongod = EmbeddedMongod(first)
    mongod._sockets = first / "run"
    with client(mongod) as database:
        database.tidings.notes.insert_one({"_id": 1})
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    eventually(lambda: gone(pid), 5)

    moved = folder / "elsewhere"
    first.rename(moved)
    with EmbeddedMongod(moved) as mongod, client(mongod) as database:
        assert database.tidings.notes.count_documents({}) == 1
        member = database.admin.command("replSetGetConfig")["config"]["members"][0]
        assert member["host"] == str(moved / "run" / "mongod.sock")
        with database.start_session() as session, session.start_transaction():
            database.tidings.notes.insert_one({"_id": 2}, session=session)


def test_it_listens_on_a_private_socket_and_on_no_port(folder: Path) -> None:
    deep = folder / ("deep" * 30)
    with EmbeddedMongod(deep, parameters={"ttlMonitorSleepSecs": "7"}) as mongod, client(mongod) as database:
        assert mongod.pid is not None
        process = psutil.Process(mongod.pid)
        assert not [connection for connection in process.net_connections() if connection.status == "LISTEN"]
        sockets = mongod._sockets
        assert sockets is not None
        assert len(os.fsencode(sockets / "mongod.sock")) <= 107
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert database.admin.command("getParameter", ttlMonitorSleepSecs=1)["ttlMonitorSleepSecs"] == 7
    assert not sockets.exists()
    assert gone(process.pid)


def test_without_a_mongod_there_are_three_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("tidings.server.mongod_binary.find_spec", lambda name: None)
    with pytest.raises(SettingsError) as error:
        find_binary()
    assert "tidings[embedded]" in error.value.sentence
    assert "TIDINGS_DATABASE_URL=mongodb://" in error.value.sentence
    assert "memory://" in error.value.sentence


def test_a_mongod_on_the_path_comes_first(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    program = folder / "mongod"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    assert find_binary() == program


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (
            "echo 'mongod: error while loading shared libraries: libcurl.so.4: no such file' >&2\nexit 127",
            "lacks the library libcurl.so.4",
        ),
        ("kill -ILL $$", "AVX"),
        ("echo 'unknown option' >&2\nexit 2", "unknown option"),
        ("exit 62", "another version of MongoDB"),
    ],
    ids=["library", "processor", "anything", "version"],
)
def test_a_mongod_that_cannot_start_says_why_and_what_to_do(folder: Path, script: str, said: str) -> None:
    program = folder / "mongod"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with pytest.raises(SettingsError, match=said):
        EmbeddedMongod(folder / "data", binary=program).start()


def test_a_program_that_is_none_is_named(folder: Path) -> None:
    program = folder / "mongod"
    program.write_bytes(b"\x7fELF for another machine")
    program.chmod(0o755)
    with pytest.raises(SettingsError, match="cannot be run"):
        EmbeddedMongod(folder / "data", binary=program).start()


def test_damaged_data_is_reported_with_the_end_of_the_log(folder: Path) -> None:
    data = folder / "mongo"
    data.mkdir()
    (data / "WiredTiger").write_text("not what it should be")
    (data / "WiredTiger.turtle").write_text("nor this")
    with pytest.raises(SettingsError, match=r"(?s)damaged.*mongod\.log"):
        EmbeddedMongod(folder).start()


def test_a_full_disk_is_noticed_before_it_starts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROOM", 1 << 60)
    with pytest.raises(SettingsError, match="Make room"):
        EmbeddedMongod(folder).start()


def test_a_folder_that_cannot_be_made_is_named(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(SettingsError, match="cannot be written"):
        EmbeddedMongod(folder / "file" / "data").start()


def test_the_log_is_put_aside_when_it_is_long(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOG_LIMIT", 10)
    mongod = EmbeddedMongod(folder)
    mongod.log.write_text("a long log of before\n")
    mongod.rotate_log()
    assert not mongod.log.exists()
    assert (folder / "mongod.log.1").read_text() == "a long log of before\n"


def test_the_reason_is_taken_from_the_log(folder: Path) -> None:
    log = folder / "mongod.log"
    log.write_text(
        '{"s":"I","msg":"starting"}\n'
        '{"s":"E","msg":"DBException in initAndListen","attr":{"error":"DBPathInUse: locked"}}\n'
        '{"s":"I","msg":"bye"}\n'
    )
    assert "used by another mongod" in explain(100, "", log, folder)
