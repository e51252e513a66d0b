"""Who listens: the people and subscriptions of this process, and the delivery of events to them."""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from tidings.documents.user import User
from tidings.errors import ThrottledError, TidingsError
from tidings.live import frames
from tidings.live.channels import Channel, Home, Outcome, subjects_of
from tidings.live.connections import Connection, Person
from tidings.live.events import Event, FollowEvent, PersonEvent, PostEvent
from tidings.live.history import History, ShownPost
from tidings.live.sinks import CLOSE_RESTART, CLOSE_SESSION_OVER, Sink

__all__ = ["Hub"]

log = logging.getLogger(__name__)

SOCKETS_PER_PERSON = 20
DRAIN_SECONDS = 1.0

LoadFollowing = Callable[[int], Awaitable[Iterable[int]]]
K = TypeVar("K")
V = TypeVar("V")
SessionAlive = Callable[[str], Awaitable[bool]]


class Hub:
    """Delivers each event to the connections it concerns, judging at delivery what each viewer may see.

    `load_following` gives the ids of those a person follows; `session_alive` says whether a session still stands.
    """

    def __init__(self, history: History, load_following: LoadFollowing, session_alive: SessionAlive) -> None:
        self.history = history
        self._load_following = load_following
        self._session_alive = session_alive
        self._people: dict[int, Person] = {}
        self._connections: set[Connection] = set()
        self._listeners: defaultdict[tuple[str, int], set[tuple[Connection, Channel]]] = defaultdict(set)
        self._home: defaultdict[int, set[Person]] = defaultdict(set)
        self._looking: set[asyncio.Task[None]] = set()
        self._draining = False

    # --- coming and going

    async def connect(self, sink: Sink, user: User | None, session_id: str | None) -> Connection | None:
        """Register a socket. None where its session ended meanwhile; ThrottledError for the 21st of a person."""
        if user is None:
            connection = Connection(self, sink, None, None)
            self._connections.add(connection)
            return connection
        person = self._people.get(user.id)
        if person is None:
            person = self._people[user.id] = Person(user)
        if len(person.connections) >= SOCKETS_PER_PERSON:
            raise ThrottledError(60, f"You have {SOCKETS_PER_PERSON} pages open already. Please close some.")
        connection = Connection(self, sink, person, session_id)
        # Registered before the session is looked at again: whenever it ends from here on, this socket hears of it.
        self._connections.add(connection)
        person.connections.add(connection)
        try:
            if session_id is not None and not await self._session_alive(session_id):
                connection.close()
                return None
            if person.loaded is None:
                person.loaded = asyncio.ensure_future(self._load(person))
            await asyncio.shield(person.loaded)
        except BaseException:
            connection.close()
            raise
        return connection

    def forget(self, connection: Connection) -> None:
        self._connections.discard(connection)
        person = connection.person
        if person is not None:
            person.connections.discard(connection)
            if not person.connections:
                self._people.pop(person.id, None)

    async def _load(self, person: Person) -> None:
        late: list[FollowEvent] = []
        person.late = late
        try:
            following = set(await self._load_following(person.id))
        finally:
            if person.late is late:
                person.late = None
        self._unindex_home(person)
        person.replace(following, late)
        self._index_home(person)

    # --- subscriptions

    def attach(self, connection: Connection, channel: Channel) -> None:
        if connection not in self._connections:
            return
        connection.live[channel.name] = channel
        if isinstance(channel, Home):
            if connection.person is not None:
                self._index_home(connection.person)
        else:
            self._listeners[channel.subject].add((connection, channel))

    def detach(self, connection: Connection, channel: Channel) -> None:
        if not isinstance(channel, Home):
            leave(self._listeners, channel.subject, (connection, channel))
        elif connection.person is not None and not connection.person.reads_home:
            self._unindex_home(connection.person)

    def _index_home(self, person: Person) -> None:
        if person.reads_home:
            for author_id in {person.id, *person.following}:
                self._home[author_id].add(person)

    def _unindex_home(self, person: Person) -> None:
        for author_id in {person.id, *person.following}:
            leave(self._home, author_id, person)

    # --- delivery

    def deliver_post(self, event: PostEvent, shown: ShownPost) -> None:
        """Tell everybody whom it concerns. Never waits for anybody."""
        post = shown.post
        encoded: dict[tuple[str, Outcome], str] = {}

        def tell(connection: Connection, channel: Channel) -> None:
            outcome = channel.outcome(event, post, connection.viewer)
            if outcome is None:
                return
            key = (channel.name, outcome)
            if key not in encoded:
                encoded[key] = frames.event(channel.name, channel.whole, event, outcome, shown)
            connection.sink.offer(encoded[key])

        for subject in subjects_of(post):
            for connection, channel in list(self._listeners.get(subject, ())):
                tell(connection, channel)
        for person in list(self._home.get(post.author.id, ())):
            for connection in list(person.connections):
                if home := connection.live.get("home"):
                    tell(connection, home)

    def deliver_follow(self, event: FollowEvent) -> None:
        """Tell the follower's own sockets to read again, and deliver by the new set from here on."""
        person = self._people.get(event.follower_id)
        if person is None:
            return
        self._unindex_home(person)
        person.apply(event)
        self._index_home(person)
        for connection in person.connections:
            for channel in connection.live.values():
                if channel.unsettled_by(event, person.viewer):
                    connection.sink.offer(frames.resync(channel.name))

    def deliver_person(self, event: PersonEvent) -> None:
        """Tell every page where posts of this person may stand; who was suspended has no page of their own left."""
        encoded: dict[str, str] = {}
        # Every socket is asked: this happens rarely, and any thread may have something by this person in it.
        for connection in list(self._connections):
            for channel in connection.live.values():
                if channel.concerned_by(event, connection.viewer):
                    if channel.name not in encoded:
                        encoded[channel.name] = frames.person(channel.name, event)
                    connection.sink.offer(encoded[channel.name])
        own = self._people.get(event.person_id)
        if event.kind == "removed" and own is not None:
            # Their sessions end by themselves; this holds even for one that began while they were being ended.
            for connection in own.connections:
                connection.sink.close(CLOSE_SESSION_OVER)

    def frame_for(self, connection: Connection, channel: Channel, event: Event) -> str | None:
        """What a replayed event is to this connection, as a frame."""
        if isinstance(event, PersonEvent):
            return frames.person(channel.name, event) if channel.concerned_by(event, connection.viewer) else None
        if isinstance(event, FollowEvent):
            return frames.resync(channel.name) if channel.unsettled_by(event, connection.viewer) else None
        shown = self.history.shown(event.post_id)
        if not isinstance(channel, Home) and channel.subject not in subjects_of(shown.post):
            return None
        outcome = channel.outcome(event, shown.post, connection.viewer)
        return None if outcome is None else frames.event(channel.name, channel.whole, event, outcome, shown)

    def end_session(self, session_id: str) -> None:
        """The session is over: so are its sockets."""
        for connection in list(self._connections):
            if connection.session_id == session_id:
                connection.sink.close(CLOSE_SESSION_OVER)

    def end_sessions(self, person_id: int) -> None:
        """All sessions of this person were ended but perhaps one: look at each of their sockets here again."""
        person = self._people.get(person_id)
        if person is not None:
            task = asyncio.create_task(self._look_again(list(person.connections)), name="sessions ended")
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)

    async def _look_again(self, connections: list[Connection]) -> None:
        for connection in connections:
            try:
                if connection.session_id is None or await self._session_alive(connection.session_id):
                    continue
                connection.sink.close(CLOSE_SESSION_OVER)
            except TidingsError as error:
                log.warning("A socket could not be looked at again and is closed: %s", error)
                connection.sink.close(CLOSE_RESTART)

    async def doubt(self) -> None:
        """What happened lately is not known: look at sessions and follows again, and have every page read again."""
        for connection in list(self._connections):
            try:
                if connection.session_id is not None and not await self._session_alive(connection.session_id):
                    connection.sink.close(CLOSE_SESSION_OVER)
                    continue
                if connection.person is not None:
                    connection.person.loaded = asyncio.ensure_future(self._load(connection.person))
                    await connection.person.loaded
            except TidingsError as error:
                log.warning("A socket could not be looked at again and is closed: %s", error)
                connection.sink.close(CLOSE_RESTART)
                continue
            for name in connection.live:
                connection.sink.offer(frames.resync(name))

    @property
    def draining(self) -> bool:
        """Whether new sockets should go elsewhere."""
        return self._draining

    async def drain(self) -> None:
        """Close all sockets with 1012, spread over a second so that they do not all come back at once."""
        self._draining = True
        connections = list(self._connections)
        random.shuffle(connections)
        for number, connection in enumerate(connections):
            connection.sink.close(CLOSE_RESTART)
            if number % 50 == 49:
                await asyncio.sleep(DRAIN_SECONDS * 50 / len(connections))


def leave(index: dict[K, set[V]], key: K, member: V) -> None:
    """Take `member` out of the set at `key`, and the set away once it is empty."""
    members = index.get(key)
    if members is not None:
        members.discard(member)
        if not members:
            del index[key]
