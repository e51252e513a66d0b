"""`tidings serve`: binds the port once, keeps its workers and the embedded mongod running, and ends them in order."""

import logging
import os
import resource
import selectors
import signal
import socket
import sys
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tidings.errors import SettingsError
from tidings.server.database import Database
from tidings.server.listener import address_of
from tidings.server.processes import WorkerProcess

__all__ = ["Supervisor", "Workforce"]

logger = logging.getLogger("tidings.server")

TICK = 0.5
# A worker that ends sooner than this counts as failing, and each failure in a row doubles the pause before the next.
SOON = 5.0
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 15.0
GIVE_UP_AFTER = 2
READY_SECONDS = 60.0
# Beyond its graceful_timeout and its application's shutdown a worker gets so long before it is killed.
GRACE = 1.0
LOG_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Workforce:
    """What to run: `workers` processes of `app` ("module:factory", called with the settings)."""

    workers: int = 1
    app: str = "tidings.app:create_app"
    config: Path | None = None
    graceful_seconds: float = 6.5
    environment: Mapping[str, str] = field(default_factory=dict)
    demo: bool = False
    greeting: str = ""


@dataclass(slots=True)
class Slot:
    """The place of one worker: who holds it, and what happened to those before."""

    number: int
    current: WorkerProcess | None = None
    leaving: WorkerProcess | None = None
    failures: int = 0
    start_at: float = 0.0


class Supervisor:
    """Runs until SIGTERM or SIGINT (a second one ends it at once). SIGHUP replaces the workers one by one: the next
    one leaves when its successor answers. Use it from the main thread: workers die with the thread that starts them."""

    def __init__(self, listener: socket.socket, database: Database, force: Workforce) -> None:
        self._listener = listener
        self._database = database
        self._mongod = database.mongod
        self._begun = False
        self._environment = {**database.environment, **force.environment}
        self._force = force
        self._slots = [Slot(number) for number in range(1, force.workers + 1)]
        self._selector = selectors.DefaultSelector()
        self._signals: deque[int] = deque()
        self._rolling: deque[Slot] = deque()
        self._stopping = 0.0
        self._announced = False
        self._rotate_at = time.monotonic() + LOG_SECONDS

    def run(self) -> None:
        """Serve until told to stop. SettingsError where no worker can start."""
        _raise_file_limit()
        waker, wakened = socket.socketpair()
        waker.setblocking(False)
        wakened.setblocking(False)
        before = signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
        handlers = {number: signal.signal(number, self._note) for number in numbers}
        self._selector.register(wakened, selectors.EVENT_READ)
        try:
            # The workers import while the database starts.
            self._start_missing()
            self._database.wait()
            self._begun = True
            for worker in self._workers():
                worker.go()
            while not (self._stopping and not self._workers()):
                self._act_on_signals()
                self._reap()
                if not self._stopping:
                    self._start_missing()
                    self._roll()
                    self._look_after_database()
                self._end_overdue()
                for key, _ in self._selector.select(self._pause()):
                    if key.fileobj is wakened:
                        with suppress(BlockingIOError):
                            wakened.recv(4096)
                    else:
                        self._listen_to(key.data)
        finally:
            for worker in self._workers():
                worker.send(signal.SIGKILL)
                worker.wait()
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(before)
            self._selector.close()
            waker.close()
            wakened.close()

    def _note(self, number: int, _: object) -> None:
        self._signals.append(number)

    def _act_on_signals(self) -> None:
        while self._signals:
            number = self._signals.popleft()
            if number in (signal.SIGTERM, signal.SIGINT):
                self._stop()
            elif number == signal.SIGHUP and not self._stopping:
                if _terminal_gone():
                    self._stop()
                else:
                    logger.info("Replacing the workers one by one")
                    self._rolling = deque(self._slots)

    def _stop(self) -> None:
        number = signal.SIGKILL if self._stopping else signal.SIGTERM
        self._stopping = self._stopping or time.monotonic()
        logger.info("Stopping")
        for worker in self._workers():
            worker.send(number)
        # The workers hold it as well and stop accepting by themselves; whoever comes now is to be refused, not kept
        # waiting for nobody.
        self._listener.close()

    def _workers(self) -> list[WorkerProcess]:
        return [worker for slot in self._slots for worker in (slot.current, slot.leaving) if worker is not None]

    def _reap(self) -> None:
        for slot in self._slots:
            if slot.leaving is not None and not slot.leaving.alive:
                self._forget(slot.leaving)
                slot.leaving = None
            worker = slot.current
            if worker is None or worker.alive:
                continue
            self._forget(worker)
            slot.current = None
            if self._stopping:
                continue
            if worker.hopeless and not self._announced:
                raise SettingsError("No worker could start, for the reason above.")
            failed = worker.age < SOON or not worker.ready
            slot.failures = slot.failures + 1 if failed else 0
            if not self._announced and all(slot.failures >= GIVE_UP_AFTER for slot in self._slots):
                raise SettingsError("No worker could start. What they said stands above.")
            pause = min(FIRST_PAUSE * 2 ** (slot.failures - 1), LONGEST_PAUSE) if slot.failures else 0.0
            slot.start_at = time.monotonic() + pause
            logger.error(
                "Worker %d (process %d) %s after %.1f seconds%s; another is started %s",
                *(slot.number, worker.pid, worker.ending, worker.age),
                f", {slot.failures} times in a row" if slot.failures > 1 else "",
                f"in {pause:.1f} seconds" if pause else "now",
            )

    def _start_missing(self) -> None:
        for slot in self._slots:
            if slot.current is None and time.monotonic() >= slot.start_at:
                slot.current = self._start(slot)

    def _start(self, slot: Slot) -> WorkerProcess:
        arguments = ["--app", self._force.app]
        if self._force.config is not None:
            arguments += ["--config", str(self._force.config)]
        if self._force.demo and slot.number == 1:
            arguments.append("--demo")
        worker = WorkerProcess(slot.number, self._listener, arguments, self._environment)
        self._selector.register(worker.pipe, selectors.EVENT_READ, worker)
        if self._begun:
            worker.go()
        logger.info("Worker %d is process %d", slot.number, worker.pid)
        return worker

    def _listen_to(self, worker: WorkerProcess) -> None:
        pipe = worker.pipe
        ready = worker.heard()
        if worker.pipe < 0:
            self._selector.unregister(pipe)
        # The demo is written by the first worker; before that there is nothing to see.
        if ready and not self._announced and (worker.number == 1 or not self._force.demo):
            self._announced = True
            self._announce()

    def _announce(self) -> None:
        """Say where it is, in one write: what the workers log must not come in between."""
        lines = [f"Tidings is at http://{address_of(self._listener)}", self._force.greeting]
        sys.stdout.write("".join(f"{line}\n" for line in lines if line))
        sys.stdout.flush()

    def _forget(self, worker: WorkerProcess) -> None:
        if worker.pipe >= 0:
            self._selector.unregister(worker.pipe)
            worker.hang_up()

    def _roll(self) -> None:
        """One step of the replacement: start the successor, and when it answers, let the predecessor go."""
        if not self._rolling:
            return
        slot = self._rolling[0]
        if slot.leaving is None and slot.current is not None and slot.current.ready:
            slot.leaving = slot.current
            slot.current = self._start(slot)
        elif slot.leaving is None:
            self._rolling.popleft()  # its worker died meanwhile and is replaced anyhow
        elif not slot.leaving.stop_sent and slot.current is not None and slot.current.ready:
            slot.leaving.send(signal.SIGHUP)
            self._rolling.popleft()

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for worker in self._workers():
            if worker.stop_sent and now - worker.stop_sent > self._force.graceful_seconds + GRACE:
                logger.error("Worker %d (process %d) does not stop and is killed", worker.number, worker.pid)
                worker.send(signal.SIGKILL)
            elif not worker.ready and not worker.stop_sent and worker.age > READY_SECONDS:
                logger.error("Worker %d (process %d) does not get ready and is killed", worker.number, worker.pid)
                worker.send(signal.SIGKILL)

    def _look_after_database(self) -> None:
        if self._mongod is None:
            return
        if not self._mongod.running:
            logger.error("The embedded database has ended and is started again")
            self._mongod.stop()
            self._mongod.start()
        if time.monotonic() >= self._rotate_at:
            self._rotate_at = time.monotonic() + LOG_SECONDS
            self._mongod.rotate_log()

    def _pause(self) -> float:
        """Seconds until there may be something to do that no signal and no pipe tells of."""
        waiting = [slot.start_at - time.monotonic() for slot in self._slots if slot.current is None]
        return max(0.0, min([TICK, *waiting])) if not self._stopping else 0.1


def _raise_file_limit() -> None:
    """As many open files as this process may have: one per connection, and each worker inherits the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _terminal_gone() -> bool:
    """Whether SIGHUP came because the terminal was closed in which this process runs, rather than from somebody."""
    if not sys.stdin or not os.isatty(0):
        return False
    try:
        os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
    except OSError:
        return True
    return False
