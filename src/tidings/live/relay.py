"""From changes to events: one reader per process, which knows up to where everything has been told."""

import asyncio
import logging
import secrets
from contextlib import aclosing

from tidings.documents.changes import (
    Change,
    FollowChanged,
    Lost,
    PersonUpdated,
    PostAdded,
    PostUpdated,
    Probed,
    SessionEnded,
)
from tidings.documents.position import Position
from tidings.errors import TidingsError, UnavailableError
from tidings.live.events import FollowEvent, person_event, post_event
from tidings.live.history import History
from tidings.live.hub import Hub
from tidings.repositories.protocols import Storage

__all__ = ["Relay"]

log = logging.getLogger(__name__)

# A position is good for five minutes; a page may have been read a little before it was shown.
REPLAY_SECONDS = 6 * 60
BEAT_SECONDS = 10.0
PROBE_SECONDS = 2.0
AHEAD_SECONDS = 2.0


class Relay:
    """Reads the storage's changes into the history and hands them to the hub."""

    def __init__(self, storage: Storage, history: History, hub: Hub) -> None:
        self._storage = storage
        self._history = history
        self._hub = hub
        self._probe = secrets.token_hex(8)
        self._tasks: list[asyncio.Task[None]] = []
        self._doubt: asyncio.Task[None] | None = None
        self._began = False
        self._probed = asyncio.Event()
        self._moved = asyncio.Event()
        self._check: asyncio.Task[None] | None = None
        self.caught_up = asyncio.Event()

    @property
    def position(self) -> Position:
        """Everything up to here has been told. A page that reads the database after asking for it misses nothing."""
        return self._history.head

    async def start(self) -> None:
        """Begin to read. The relay is caught up some moments later: await `caught_up`."""
        self._tasks = [
            asyncio.create_task(self._read(), name="relay"),
            asyncio.create_task(self._beat(), name="relay probe"),
        ]

    async def stop(self) -> None:
        tasks = [task for task in (*self._tasks, self._doubt, self._check) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await self._storage.remove_probe(self._probe)
        except TidingsError:
            log.info("The probe could not be removed; it does no harm.")

    async def check(self) -> None:
        """Prove the whole path, write to relay: UnavailableError unless a probe comes back within two seconds.

        Whoever asks while a probe is under way waits for that one.
        """
        if self._check is None or self._check.done():
            self._check = asyncio.create_task(self._send_probe())
        await asyncio.shield(self._check)

    async def reached(self, position: Position) -> bool:
        """Wait until the relay is at `position` or past it; False where it is not there within two seconds."""
        try:
            async with asyncio.timeout(AHEAD_SECONDS):
                while self.position < position:
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            return False
        return True

    async def _send_probe(self) -> None:
        self._probed.clear()
        await self._storage.probe(self._probe)
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await self._probed.wait()
        except TimeoutError:
            raise UnavailableError("What is written does not come back as a change.") from None

    async def _beat(self) -> None:
        """Probe now and then: the position moves on a quiet site too, and a path that broke is noticed."""
        while True:
            try:
                await self.check()
                await asyncio.sleep(BEAT_SECONDS)
            except TidingsError as error:
                log.warning("The live path does not answer: %s", error)
                await asyncio.sleep(1.0)

    async def _read(self) -> None:
        """Read for as long as the process lives: whatever goes wrong, reading starts anew, and readers are told."""
        while True:
            try:
                async with aclosing(self._storage.follow_changes(REPLAY_SECONDS)) as changes:
                    async for change in changes:
                        self._take(change)
            except TidingsError as error:
                log.warning("Changes cannot be read: %s", error)
            except Exception:
                log.exception("The relay stumbled and starts again.")
            await asyncio.sleep(1.0)

    def _take(self, change: Change) -> None:
        match change:
            case PostAdded(post=post) | PostUpdated(post=post):
                event = post_event(change)
                if event is None or post is None:
                    self._history.advance(change.position)
                else:
                    shown = self._history.append_post(event, post)
                    self._hub.deliver_post(event, shown)
            case PersonUpdated():
                if "epoch" in change.fields:
                    self._hub.end_sessions(change.stamp.id)
                happened = person_event(change)
                if happened is None:
                    self._history.advance(change.position)
                else:
                    self._history.append_person(happened)
                    self._hub.deliver_person(happened)
            case FollowChanged():
                follow = FollowEvent(change.position, change.follower_id, change.followed_id, change.following)
                self._history.append_follow(follow)
                self._hub.deliver_follow(follow)
            case SessionEnded(session_id=session_id):
                self._history.advance(change.position)
                self._hub.end_session(session_id)
            case Probed(probe=probe):
                self._history.advance(change.position)
                if probe == self._probe:
                    self._probed.set()
                    self.caught_up.set()
            case Lost(position=position):
                self._lose(position)
        self._moved.set()

    def _lose(self, position: Position) -> None:
        self._history.restart(position)
        if self._began:
            log.warning("Changes were lost; every open page is told to read again.")
            if self._doubt is not None:
                self._doubt.cancel()
            self._doubt = asyncio.create_task(self._hub.doubt(), name="doubt")
        self._began = True
