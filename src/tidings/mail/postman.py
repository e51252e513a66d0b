"""Letters go out from an outbox in the database: a mail server that is slow or dead delays them, never a page.

Every process has a postman. Of all that look at once exactly one gets a letter, for as long as its lease; it sends
the letter and removes it. A letter goes out once, with one exception that no order of steps avoids: a process that
dies, or loses the database, after the mail server took the letter and before the row is gone leaves it to another,
which sends it again after the lease, with the same Message-ID.
"""

import asyncio
import logging
import secrets
from dataclasses import dataclass
from datetime import timedelta

from tidings.clock import Clock
from tidings.documents.outbox_letter import OutboxLetter
from tidings.errors import TidingsError
from tidings.mail.mailer import Letter, Mailer, MailError, RefusedError
from tidings.repositories.protocols import OutboxRepository

__all__ = ["Pace", "Postman"]

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=3)
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how often to look for letters that others left, how long to wait after a failure (doubled each time
    up to `longest_pause`), how long a letter is one's own (longer than a mailer takes to fail)."""

    poll: float = 2.0
    first_pause: float = 1.0
    longest_pause: float = 60.0
    lease: float = 90.0


class Postman:
    """Takes letters in with `post`, and carries them between `start` and `stop`."""

    def __init__(self, outbox: OutboxRepository, mailer: Mailer, clock: Clock, pace: Pace | None = None) -> None:
        self._outbox = outbox
        self._mailer = mailer
        self._clock = clock
        self._pace = pace or Pace()
        self._posted = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    async def post(self, letter: Letter) -> None:
        """Put the letter into the outbox: one write. Raises UnavailableError."""
        now = self._clock.now()
        await self._outbox.add(
            OutboxLetter(
                id=secrets.token_hex(16),
                to=letter.to,
                subject=letter.subject,
                text=letter.text,
                html=letter.html,
                created_at=now,
                due_at=now,
            )
        )
        self._posted.set()

    async def start(self) -> None:
        self._stopping = False
        self._task = asyncio.create_task(self._work(), name="send letters")

    async def stop(self) -> None:
        """Let the letter that is on its way arrive, then end. What is left is for the next process."""
        if self._task is None:
            return
        self._stopping = True
        self._posted.set()
        await asyncio.wait([self._task], timeout=STOP_SECONDS)
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def _work(self) -> None:
        while not self._stopping:
            self._posted.clear()
            try:
                while not self._stopping and await self._carry_one():
                    pass
            except TidingsError as error:
                log.warning("The outbox could not be read, letters wait: %s", error)
            except Exception:
                log.exception("The outbox could not be read, letters wait.")
            if not self._stopping:
                await self._something_posted()

    async def _something_posted(self) -> None:
        try:
            async with asyncio.timeout(self._pace.poll):
                await self._posted.wait()
        except TimeoutError:
            pass

    async def _carry_one(self) -> bool:
        """Send the next letter that is due. False where there is none."""
        letter = await self._outbox.claim(self._clock.now(), self._pace.lease)
        if letter is None:
            return False
        try:
            async with asyncio.timeout(self._pace.lease / 2):
                await self._mailer.send(Letter(letter.to, letter.subject, letter.text, letter.html, letter.id))
        except RefusedError as error:
            log.error("A letter was refused and is given up (%s): %s", letter.subject, error)
            await self._outbox.remove(letter.id)
        except (MailError, TimeoutError) as error:
            await self._put_off(letter, error)
        except Exception as error:  # a mailer of somebody else's, or a bug: the other letters go on
            log.exception("The mailer failed.")
            await self._put_off(letter, error)
        else:
            await self._outbox.remove(letter.id)
        return True

    async def _put_off(self, letter: OutboxLetter, error: Exception) -> None:
        now = self._clock.now()
        if now - letter.created_at >= GIVE_UP_AFTER:
            log.error("A letter could not be sent for three days and is given up (%s): %s", letter.subject, error)
            await self._outbox.remove(letter.id)
            return
        # The exponent is bounded as well: 2.0 ** 4000 is no float.
        pause = min(self._pace.first_pause * 2.0 ** min(letter.attempts - 1, 30), self._pace.longest_pause)
        log.warning("A letter waits for %.0f s (%s): %s", pause, letter.subject, error or "the mailer took too long")
        await self._outbox.set_due(letter.id, now + timedelta(seconds=pause))
