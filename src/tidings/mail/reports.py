"""Errors as letters to the administrator: collected as they are logged, at most one letter a minute for the site.

Nothing here holds anybody up: logging an error puts it into a small heap in memory, and a task makes letters of it.
It is never recursive: what the letters' own room logs is left out, and what goes wrong in here is a warning.
"""

import asyncio
import logging
from dataclasses import dataclass

from tidings.clock import Clock
from tidings.errors import TidingsError
from tidings.mail.letters import Letters
from tidings.mail.postman import Postman
from tidings.repositories.protocols import ThrottleRepository

__all__ = ["ErrorReports"]

log = logging.getLogger(__name__)

OWN_ROOM = __name__.rpartition(".")[0]
BUCKET = "error reports"
EVERY_SECONDS = 60
MAX_KINDS = 20
MAX_TEXT = 8_000


@dataclass(slots=True)
class Kind:
    """One line of code that logged errors, how often since the last letter, and what it said first."""

    count: int
    text: str


class ErrorReports(logging.Handler):
    """A handler for records of ERROR and above; add it to a logger between `start` and `stop`."""

    def __init__(
        self, to: str, letters: Letters, postman: Postman, throttles: ThrottleRepository, clock: Clock
    ) -> None:
        super().__init__(logging.ERROR)
        self._to = to
        self._letters = letters
        self._postman = postman
        self._throttles = throttles
        self._clock = clock
        self._kinds: dict[tuple[str, int], Kind] = {}
        self._more = 0
        self._logged = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write letters, on the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._work(), name="report errors")

    async def stop(self) -> None:
        """End. What was logged within the last minute may be in the log alone."""
        self._loop = None
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Called under the handler's lock, from whichever thread logs."""
        if record.name == OWN_ROOM or record.name.startswith(f"{OWN_ROOM}."):
            return
        place = (record.pathname, record.lineno)
        if place in self._kinds:
            self._kinds[place].count += 1
        elif len(self._kinds) < MAX_KINDS:
            try:
                self._kinds[place] = Kind(1, self.format(record)[:MAX_TEXT])
            except Exception:
                self.handleError(record)
                return
        else:
            self._more += 1
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._logged.set)

    async def _work(self) -> None:
        while True:
            await self._logged.wait()
            try:
                # Counted in the database: many processes with the same trouble write one letter a minute together.
                wait = await self._throttles.hit(BUCKET, 1, EVERY_SECONDS, self._clock.now())
                if wait == 0:
                    await self._report()
            except TidingsError as error:
                log.warning("Errors could not be reported by letter: %s", error)
                wait = EVERY_SECONDS
            except Exception:
                log.warning("Errors could not be reported by letter.", exc_info=True)
                wait = EVERY_SECONDS
            await asyncio.sleep(wait)

    async def _report(self) -> None:
        self._logged.clear()
        self.acquire()
        try:
            kinds, more = list(self._kinds.values()), self._more
            self._kinds, self._more = {}, 0
        finally:
            self.release()
        if kinds:
            await self._postman.post(
                self._letters.compose(
                    "errors", self._to, count=sum(kind.count for kind in kinds) + more, kinds=kinds, more=more
                )
            )
