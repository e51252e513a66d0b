"""A worker as its supervisor sees it: a process, and a pipe on which it says that it is ready."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

__all__ = ["CANNOT_START", "GO", "READY", "WorkerProcess"]

# What a worker writes to its pipe once it serves, what it waits for before it begins, and how it ends where
# starting it again would not help (EX_CONFIG).
READY = b"r"
GO = b"g"
CANNOT_START = 78


class WorkerProcess:
    """Starts worker `number` at once; it serves after `go`.

    Make it in a thread that stays: the worker dies with the thread.
    """

    def __init__(
        self, number: int, listener: socket.socket, arguments: Sequence[str], environment: Mapping[str, str]
    ) -> None:
        self.number = number
        self.started = time.monotonic()
        self.ready = False
        self.stop_sent = 0.0
        self.pipe, theirs = os.pipe()
        os.set_blocking(self.pipe, False)
        try:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tidings.server.worker"),
                    *("--parent", str(os.getpid()), "--number", str(number)),
                    *("--listener", str(listener.fileno()), "--notify", str(theirs)),
                    *arguments,
                ],
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                bufsize=0,
                pass_fds=[listener.fileno(), theirs],
                # Ctrl-C in a terminal goes to its whole group: the supervisor alone is to hear it.
                start_new_session=True,
            )
        finally:
            os.close(theirs)

    def go(self) -> None:
        """Let it begin: it has imported what it needs, and waits for the database to be there."""
        if self._process.stdin is not None:
            with suppress(BrokenPipeError):
                self._process.stdin.write(GO)
                self._process.stdin.close()
            self._process.stdin = None

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self.started

    @property
    def hopeless(self) -> bool:
        """Whether it said that starting it again would not help."""
        return self._process.returncode == CANNOT_START

    @property
    def ending(self) -> str:
        """How it ended, for people."""
        code = self._process.returncode
        return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"

    def heard(self) -> bool:
        """Read the pipe. True when it became ready with this; closes the pipe once it has nothing more to say."""
        try:
            said = os.read(self.pipe, 16)
        except BlockingIOError:
            return False
        if READY in said:
            self.ready = True
            return True
        self.hang_up()
        return False

    def hang_up(self) -> None:
        if self.pipe >= 0:
            os.close(self.pipe)
            self.pipe = -1

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, and remember when the first was sent."""
        self.stop_sent = self.stop_sent or time.monotonic()
        self._process.send_signal(number)

    def wait(self) -> None:
        self._process.wait()
