"""Who is at the other end: the people with open sockets here, and each socket with what it is subscribed to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tidings.documents.position import Position
from tidings.documents.user import Permission, User
from tidings.documents.visibility import STRANGER, Viewer
from tidings.live import frames
from tidings.live.channels import Channel
from tidings.live.events import FollowEvent
from tidings.live.sinks import Sink

if TYPE_CHECKING:  # the hub makes connections, and they ask it back
    from tidings.live.hub import Hub

__all__ = ["CatchUp", "Connection", "Person"]

REPLAY_BATCH = 100


class Person:
    """Somebody with at least one open socket here. Their sockets share one set of whom they follow."""

    __slots__ = ("connections", "following", "id", "late", "loaded", "viewer")

    def __init__(self, user: User) -> None:
        self.id = user.id
        self.following: set[int] = set()
        self.viewer = Viewer(user.id, user.role.allows(Permission.MODERATE), self.following)
        self.connections: set[Connection] = set()
        self.loaded: asyncio.Future[None] | None = None
        self.late: list[FollowEvent] | None = None

    @property
    def reads_home(self) -> bool:
        """Whether any of the sockets is subscribed to home."""
        return any("home" in connection.live for connection in self.connections)

    def replace(self, following: set[int], late: list[FollowEvent]) -> None:
        """Take what was read as the truth, and what was told while it was being read after it."""
        self.following.clear()
        self.following.update(following)
        for event in late:
            self.apply(event)

    def apply(self, event: FollowEvent) -> None:
        if self.late is not None:
            self.late.append(event)
        if event.following:
            self.following.add(event.followed_id)
        else:
            self.following.discard(event.followed_id)


class CatchUp:
    """How far a subscription that is not live yet has been told."""

    __slots__ = ("position",)

    def __init__(self, position: Position | None) -> None:
        self.position = position


class Connection:
    """One open socket: who it belongs to, and what it is subscribed to."""

    __slots__ = ("catching_up", "hub", "live", "person", "session_id", "sink")

    def __init__(self, hub: Hub, sink: Sink, person: Person | None, session_id: str | None) -> None:
        self.hub = hub
        self.sink = sink
        self.person = person
        self.session_id = session_id
        self.live: dict[str, Channel] = {}
        self.catching_up: set[CatchUp] = set()

    @property
    def viewer(self) -> Viewer:
        return STRANGER if self.person is None else self.person.viewer

    @property
    def position(self) -> Position:
        """Up to where this socket has been told everything: not the head while it has to catch up anywhere."""
        behind = [catching_up.position for catching_up in self.catching_up if catching_up.position is not None]
        return min([self.hub.history.head, *behind])

    def begin(self, position: Position | None) -> CatchUp:
        """A subscription was asked for: until it is live, nothing after `position` counts as told."""
        behind = CatchUp(position)
        if position is not None and position.origin == self.hub.history.head.origin:
            self.catching_up.add(behind)
        return behind

    def end(self, behind: CatchUp) -> None:
        """The subscription is live, or will never be."""
        self.catching_up.discard(behind)

    async def subscribe(self, channel: Channel, behind: CatchUp, known: bool) -> None:
        """Begin to tell `channel` from where `begin` said. Returns when the subscription is live.

        `known` says whether the client gave a position at all; one that cannot be caught up from is answered with
        `recovered: false`.
        """
        self.unsubscribe(channel.name)
        history, position = self.hub.history, behind.position
        if position is None or not history.reaches(position) or position > history.head:
            self.hub.attach(self, channel)
            self.sink.offer(frames.subscribed(channel.name, history.head, False if known else None))
        else:
            self.sink.offer(frames.subscribed(channel.name, position, True))
            await self._replay(channel, behind)

    async def _replay(self, channel: Channel, behind: CatchUp) -> None:
        history = self.hub.history
        while (position := behind.position) is not None:
            if not history.reaches(position):
                self.sink.offer(frames.resync(channel.name))
                break
            missed = history.after(position, REPLAY_BATCH)
            if not missed:
                break
            for event in missed:
                if not history.reaches(behind.position or position):
                    break  # the reader is slower than the window moves
                frame = self.hub.frame_for(self, channel, event)
                if frame is not None:
                    self.sink.offer(frame)
                    await self.sink.room()
                behind.position = event.position
        # Nothing was awaited since the last look at the window: no event fits between it and being live.
        self.hub.attach(self, channel)
        self.sink.offer(frames.current(channel.name, history.head))

    def unsubscribe(self, name: str) -> None:
        channel = self.live.pop(name, None)
        if channel is not None:
            self.hub.detach(self, channel)

    def close(self) -> None:
        """Forget this socket."""
        for name in list(self.live):
            self.unsubscribe(name)
        self.hub.forget(self)
