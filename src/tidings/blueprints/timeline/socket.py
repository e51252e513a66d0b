"""The live socket `/live`: reads a page's frames and lets the hub write to it. docs/live.md describes the frames."""

import asyncio
from collections import deque
from time import monotonic
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from quart import websocket
from quart.typing import ResponseReturnValue

from tidings.auth.guards import open_to_all
from tidings.auth.sessions import identify, me, session_id
from tidings.documents.position import Position
from tidings.documents.visibility import may_see
from tidings.errors import ThrottledError, TidingsError
from tidings.ids import parse_id
from tidings.live import frames
from tidings.live.channels import Channel, Home, Profile, Public, Thread
from tidings.live.connections import CatchUp, Connection
from tidings.live.sinks import CLOSE_FLOOD, CLOSE_RESTART, CLOSE_SESSION_OVER, QueueSink
from tidings.parts import Parts, parts
from tidings.web.origin import socket_origin_is_ours

__all__ = ["live"]

CLOSE_BINARY = 1003
CLOSE_TOO_BIG = 1009
MAX_FRAME_BYTES = 16 * 1024
FRAMES_PER_MINUTE = 100
MAX_CHANNELS = 50
CAUGHT_UP_SECONDS = 2.0


class Frame(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class Subscribe(Frame):
    op: Literal["subscribe"]
    channel: Annotated[str, Field(max_length=200)]
    position: str | None = None


class Unsubscribe(Frame):
    op: Literal["unsubscribe"]
    channel: Annotated[str, Field(max_length=200)]


class Ping(Frame):
    op: Literal["ping"]


FRAMES: TypeAdapter[Subscribe | Unsubscribe | Ping] = TypeAdapter(
    Annotated[Subscribe | Unsubscribe | Ping, Field(discriminator="op")]
)


class RefusedError(Exception):
    """A channel that cannot be subscribed to: an error code of the protocol and a sentence."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        self.sentence = sentence
        super().__init__(sentence)


@open_to_all
async def live() -> ResponseReturnValue | None:
    """One page's socket, for as long as it is open."""
    if not socket_origin_is_ours(parts().settings):
        return "This socket is for our own pages.", 403
    try:
        async with asyncio.timeout(CAUGHT_UP_SECONDS):
            await parts().relay.caught_up.wait()
    except TimeoutError:
        return "Not ready yet. Please come back in a moment.", 503
    if parts().hub.draining:
        return "This process is stopping. Please come back in a moment.", 503
    sink = QueueSink(websocket.send, websocket.close)
    try:
        await identify()
        user = me()
        connection = await parts().hub.connect(sink, user, session_id() if user is not None else None)
    except ThrottledError as error:
        return error.sentence, 429, {"Retry-After": str(error.seconds)}
    except TidingsError as error:
        return error.sentence, error.status
    try:
        await websocket.accept()
        if connection is None:
            sink.close(CLOSE_SESSION_OVER)
        await Listener(connection, sink, parts()).listen()
    finally:
        if connection is not None:
            connection.close()
    return None


class Listener:
    """Reads what the page sends until it leaves. Subscribing may take a while, so each has a task of its own."""

    __slots__ = ("_connection", "_parts", "_sink", "_tasks", "_times")

    def __init__(self, connection: Connection | None, sink: QueueSink, house: Parts) -> None:
        self._connection = connection
        self._sink = sink
        self._parts = house
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._times: deque[float] = deque(maxlen=FRAMES_PER_MINUTE)

    async def listen(self) -> None:
        """Ends by cancellation, when the connection is gone. What comes after we have closed is read and dropped."""
        try:
            while True:
                message = await websocket.receive()
                if not self._sink.closing and self._connection is not None:
                    self._hear(message, self._connection)
        finally:
            for task in self._tasks.values():
                task.cancel()

    def _hear(self, message: str | bytes, connection: Connection) -> None:
        now = monotonic()
        if len(self._times) == FRAMES_PER_MINUTE and now - self._times[0] < 60:
            self._sink.close(CLOSE_FLOOD)
            return
        self._times.append(now)
        if isinstance(message, bytes):
            self._sink.close(CLOSE_BINARY)
        elif len(message) > MAX_FRAME_BYTES or len(message.encode("utf-8", "replace")) > MAX_FRAME_BYTES:
            self._sink.close(CLOSE_TOO_BIG)
        else:
            self._understand(message, connection)

    def _understand(self, message: str, connection: Connection) -> None:
        try:
            frame = FRAMES.validate_json(message)
        except ValidationError:
            sentence = "A frame is a JSON object with op subscribe, unsubscribe or ping, and the fields of that."
            self._sink.offer(frames.error("bad_frame", sentence))
            return
        match frame:
            case Ping():
                self._sink.offer(frames.pong(connection.position))
            case Unsubscribe(channel=name):
                self._forget(name)
                connection.unsubscribe(name)
            case Subscribe(channel=name):
                self._forget(name)
                if len(self._tasks) + len(connection.live) >= MAX_CHANNELS:
                    self._sink.offer(frames.error("bad_frame", "These are too many channels for one page.", name))
                    return
                behind = connection.begin(Position.parse(frame.position) if frame.position is not None else None)
                task = asyncio.create_task(self._subscribe(frame, behind, connection))
                self._tasks[name] = task
                task.add_done_callback(lambda done: self._done(name, done))
                task.add_done_callback(lambda _: connection.end(behind))

    def _forget(self, name: str) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()

    def _done(self, name: str, task: asyncio.Task[None]) -> None:
        if self._tasks.get(name) is task:
            del self._tasks[name]
        if not task.cancelled() and task.exception() is not None:
            # Whatever it was, the page is better off starting over than believing that it is live.
            self._sink.close(CLOSE_RESTART)
            if not isinstance(task.exception(), TidingsError):
                asyncio.get_running_loop().call_exception_handler(
                    {"message": "A subscription failed.", "exception": task.exception()}
                )

    async def _subscribe(self, frame: Subscribe, behind: CatchUp, connection: Connection) -> None:
        try:
            channel = await self._channel(frame.channel, connection)
        except RefusedError as error:
            connection.unsubscribe(frame.channel)
            self._sink.offer(frames.error(error.code, error.sentence, frame.channel))
            return
        position, head = behind.position, self._parts.relay.position
        if position is not None and position.origin == head.origin and position > head:
            await self._parts.relay.reached(position)
        await connection.subscribe(channel, behind, known=frame.position is not None)

    async def _channel(self, name: str, connection: Connection) -> Channel:
        """The channel of that name, for this viewer. RefusedError where there is none."""
        kind, _, what = name.partition(":")
        if name == "public":
            return Public()
        if name == "home":
            if connection.person is None:
                raise RefusedError("sign_in", "Please sign in to have a home timeline.")
            return Home()
        if kind == "user" and what:
            users = self._parts.storage.users
            author = await users.by_username(what) or await users.by_former_username(what)
            if author is None or not author.shown:
                raise RefusedError("not_found", "There is nobody of that name.")
            return Profile(name, author.id)
        if kind == "post" and what:
            post_id = parse_id(what)
            post = await self._parts.storage.posts.get(post_id) if post_id is not None else None
            if post is None or post.reply_to is not None or not may_see(post, connection.viewer):
                raise RefusedError("not_found", "There is no such post.")
            return Thread(name, post.id, post.author.id)
        raise RefusedError("unknown_channel", "There is no such channel.")
