"""The replay window: the last minutes of events, and each post of theirs once, as it is now."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

from tidings.documents.position import Position
from tidings.documents.post import Post
from tidings.live.events import Event, FollowEvent, PersonEvent, PostEvent

__all__ = ["History", "Renderer", "ShownPost"]

MAX_EVENTS = 10_000
MAX_BYTES = 64 * 1024 * 1024
MAX_SECONDS = 15 * 60
ENTRY_BYTES = 400

Renderer = Callable[[Post, bool], str]
"""Renders a post's article: the post, and whether whole rather than as an excerpt."""


class ShownPost:
    """A post as it is now, with its article rendered at most once per form, for however many readers."""

    __slots__ = ("_articles", "_render", "bytes", "events", "post")

    def __init__(self, post: Post, render: Renderer) -> None:
        self._render = render
        self.events = 0
        self.replace(post)

    def replace(self, post: Post) -> None:
        # Readers never get the source; without it the window holds about half.
        self.post = post.model_copy(update={"source": ""})
        self.bytes = len(post.html) + len(post.excerpt) + ENTRY_BYTES
        self._articles: dict[bool, str] = {}

    def article(self, whole: bool) -> str:
        if whole:
            return self._render(self.post, True)
        if whole not in self._articles:
            self._articles[whole] = self._render(self.post, whole)
        return self._articles[whole]


class History:
    """Events in commit order between `floor` (exclusive) and `head` (inclusive).

    A position can be caught up from as long as it is not below the floor. The window holds fifteen minutes, and at
    most 10,000 events or 64 MB of text.
    """

    def __init__(self, render: Renderer) -> None:
        self._render = render
        self._events: deque[Event] = deque()
        self._posts: dict[int, ShownPost] = {}
        self._people: dict[int, PersonEvent] = {}
        self._bytes = 0
        nowhere = Position("", 0, 0)
        self.floor = nowhere
        self.head = nowhere

    def restart(self, position: Position) -> None:
        """Begin anew: nothing before `position` is known."""
        self._events.clear()
        self._posts.clear()
        self._people.clear()
        self._bytes = 0
        self.floor = self.head = position

    def advance(self, position: Position) -> None:
        """Time passed until `position`."""
        self.head = max(self.head, position)
        self._evict()

    def append_post(self, event: PostEvent, post: Post) -> ShownPost:
        """Remember the event, and the post as the newest of what is known of it."""
        author = self._people.get(post.author.id)
        if author is not None:
            # It was looked up while its author's posts were being changed one after the other.
            post = author.applied_to(post)
        shown = self._posts.get(post.id)
        if shown is None:
            shown = self._posts[post.id] = ShownPost(post, self._render)
            self._bytes += shown.bytes
        elif post.version >= shown.post.version:
            self._bytes -= shown.bytes
            shown.replace(post)
            self._bytes += shown.bytes
        shown.events += 1
        self._append(event)
        return shown

    def append_follow(self, event: FollowEvent) -> None:
        self._append(event)

    def append_person(self, event: PersonEvent) -> None:
        """Remember the event, and change what is held of this person's posts with it."""
        self._people[event.person_id] = event
        for shown in self._posts.values():
            if shown.post.author.id == event.person_id:
                self._bytes -= shown.bytes
                shown.replace(event.applied_to(shown.post))
                self._bytes += shown.bytes
        self._append(event)

    def _append(self, event: Event) -> None:
        self._events.append(event)
        self._bytes += ENTRY_BYTES
        self.advance(event.position)

    def _evict(self) -> None:
        oldest = self.head.seconds - MAX_SECONDS
        while self._events and (
            len(self._events) > MAX_EVENTS or self._bytes > MAX_BYTES or self._events[0].position.seconds < oldest
        ):
            event = self._events.popleft()
            self.floor = event.position
            self._bytes -= ENTRY_BYTES
            if isinstance(event, PersonEvent) and self._people.get(event.person_id) is event:
                del self._people[event.person_id]
            if isinstance(event, PostEvent):
                shown = self._posts[event.post_id]
                shown.events -= 1
                if not shown.events:
                    self._bytes -= shown.bytes
                    del self._posts[event.post_id]

    def reaches(self, position: Position) -> bool:
        """Whether everything after `position` (up to the head) is known."""
        return position.origin == self.head.origin and self.floor <= position

    def after(self, position: Position, limit: int) -> list[Event]:
        """At most `limit` events after `position`, in order."""
        return list(islice(self._since(position), limit))

    def _since(self, position: Position) -> Iterator[Event]:
        # A deque is indexed quickly only near its ends, and readers who come back missed the newest.
        missed = 0
        for event in reversed(self._events):
            if event.position <= position:
                break
            missed += 1
        return islice(self._events, len(self._events) - missed, None)

    def shown(self, post_id: int) -> ShownPost:
        """The post of an event that is in the window, as it is now."""
        return self._posts[post_id]
