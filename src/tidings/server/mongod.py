"""The embedded database: a real mongod, a replica set of one, on a Unix socket alone, that never outlives its owner."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

from tidings.errors import SettingsError, UnavailableError
from tidings.server.data_dir import prepare_folder
from tidings.server.mongod_binary import explain, find_binary
from tidings.server.tether import tethered

__all__ = ["EmbeddedMongod"]

REPLICA_SET = "tidings"
DATABASE = "tidings"
SOCKET_NAME = "mongod.sock"
# The name of a Unix socket has 108 bytes with its end (sys/un.h); the second socket that mongod makes for its
# unused port is the longest name in the folder.
LONGEST_FOLDER = 107 - len("/mongodb-27017.sock")
ROOM = 300 * 1024 * 1024
LOG_LIMIT = 16 * 1024 * 1024
START_SECONDS = 60.0
STOP_SECONDS = 6.0
PAUSE = 0.01
PARAMETERS = {
    # A mongod that is told to stop waits this long for a successor, which a set of one does not have.
    "shutdownTimeoutMillisForSignaledShutdown": "100",
    # Metrics about itself, for MongoDB's support: 100 MB of disk and a write every second.
    "diagnosticDataCollectionEnabled": "false",
}


class EmbeddedMongod:
    """A mongod with its data in `folder`/mongo; a context manager whose entering starts it and whose leaving stops it.

    `parameters` are further --setParameter of it. The caller sees to it that nobody else uses the folder
    (`data_dir.FolderLock`, whose `descriptor` goes to `keep_open`). Start it from the main thread: the kernel kills
    it when the *thread* that started it ends.
    """

    def __init__(
        self,
        folder: Path,
        *,
        parameters: Mapping[str, str] | None = None,
        binary: Path | None = None,
        keep_open: int | None = None,
    ) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "mongo"
        self.log = self.folder / "mongod.log"
        self._parameters = {**PARAMETERS, **(parameters or {})}
        self._binary = binary
        self._keep_open = [] if keep_open is None else [keep_open]
        self._process: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None
        self._sockets: Path | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self.running and self._process is not None else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def url(self) -> str:
        """Where clients find it. The same after a restart."""
        return f"mongodb://{quote(str(self._socket), safe='')}/{DATABASE}?directConnection=true"

    def start(self) -> str:
        """Start it, wait until it takes writes, and give its URL. SettingsError says why it cannot, and what to do."""
        self.launch()
        return self.wait()

    def launch(self) -> None:
        """The first half of `start`: start the process without waiting for it."""
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("start the mongod from the main thread: it dies with the thread that started it")
        binary = self._binary or find_binary()
        prepare_folder(self.folder)
        self._check_data()
        self._sockets = _socket_folder(self.folder)
        self._socket.unlink(missing_ok=True)
        self.rotate_log()
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the process
        command = [
            str(binary),
            *("--dbpath", str(self.data)),
            *("--bind_ip", str(self._socket)),
            *("--unixSocketPrefix", str(self._sockets)),
            *("--filePermissions", "0600"),
            *("--replSet", REPLICA_SET),
            *("--oplogSize", "256"),
            *("--wiredTigerCacheSizeGB", "0.25"),
            # The journal comes in files of 100 MB, three of them made at once: too much for a blog's beginning.
            *("--wiredTigerEngineConfigString", "log=(file_max=16MB)"),
            *("--logpath", str(self.log)),
            *("--logappend", "--logRotate", "reopen", "--quiet"),
            *("--slowms", "500"),
        ]
        for name, value in self._parameters.items():
            command += ["--setParameter", f"{name}={value}"]
        self._process = subprocess.Popen(
            tethered(command),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            pass_fds=self._keep_open,
            # Ctrl-C in a terminal goes to the whole group; the database must outlast the workers, which need it.
            start_new_session=True,
        )

    def wait(self) -> str:
        """The second half of `start`: wait until it takes writes. Stops it where that does not happen."""
        # The driver takes 0.1 s to import, which passes while the mongod starts.
        from tidings.repositories.mongo.replica_set import become_primary

        try:
            self._wait_for_socket()
            become_primary(self.url, REPLICA_SET, str(self._socket), START_SECONDS)
        except UnavailableError as error:
            raise SettingsError(self._why() or str(error)) from error
        except SettingsError:
            raise
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Stop it and wait for it; kill it where it takes longer than six seconds."""
        if self._process is not None:
            if self.running:
                self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._output is not None:
            self._output.close()
            self._output = None
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)

    def rotate_log(self) -> None:
        """Keep the log below 16 MB: a longer one is put aside as mongod.log.1, in the place of the one before."""
        with suppress(FileNotFoundError):
            if self.log.stat().st_size > LOG_LIMIT:
                self.log.replace(self.log.with_name(self.log.name + ".1"))
                if self.running and self._process is not None:
                    self._process.send_signal(signal.SIGUSR1)  # have it open its log anew

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _socket(self) -> Path:
        if self._sockets is None:
            raise RuntimeError("not started")
        return self._sockets / SOCKET_NAME

    def _check_data(self) -> None:
        try:
            self.data.mkdir(mode=0o700, exist_ok=True)
            if not os.access(self.data, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied")
        except OSError as error:
            raise SettingsError(
                f"The database's folder {self.data} cannot be used ({error.strerror}). "
                "Make it writable for this user, or set TIDINGS_DATA_DIR to another folder."
            ) from error
        free = shutil.disk_usage(self.data).free
        if free < ROOM:
            raise SettingsError(
                f"The disk of {self.data} has {free // 2**20} MB left; the database wants {ROOM // 2**20} MB to start. "
                "Make room, or set TIDINGS_DATA_DIR to a folder on another disk."
            )

    def _wait_for_socket(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            reason = self._why_ended()
            if reason is not None:
                self.stop()
                raise SettingsError(reason)
            # Asked by hand: the driver's own client waits half a second between two attempts.
            with socket.socket(socket.AF_UNIX) as attempt, suppress(OSError):
                attempt.connect(str(self._socket))
                return
            time.sleep(PAUSE)
        raise UnavailableError(f"The embedded database did not answer within {START_SECONDS:.0f} seconds.")

    def _why_ended(self) -> str | None:
        if self._process is None or self._output is None or self.running:
            return None
        self._output.seek(0)
        output = self._output.read().decode("utf-8", "replace")
        return explain(self._process.returncode, output, self.log, self.data)

    def _why(self) -> str | None:
        """Stop it; the reason of its end where it had ended by itself."""
        reason = self._why_ended()
        self.stop()
        return reason


def _socket_folder(folder: Path) -> Path:
    """A folder for sockets that only this user can enter: in the data folder, or a short one where that is too long."""
    inside = folder / "run"
    if len(os.fsencode(inside)) <= LONGEST_FOLDER:
        inside.mkdir(mode=0o700, exist_ok=True)
        inside.chmod(0o700)
        return inside
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / f"tidings-{os.getuid()}-{name}"
    with suppress(FileExistsError):
        short.mkdir(mode=0o700)
    # Anybody can make folders there: one that somebody else made, or a link, is not to be trusted.
    status = short.lstat()
    if not short.is_symlink() and status.st_uid == os.getuid() and status.st_mode & 0o7777 == 0o700:
        return short
    return Path(tempfile.mkdtemp(prefix="tidings-"))
