"""Everything that somebody wrote and told us as a zip that one can read without us: Markdown, and JSON for programs."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from tidings.clock import Clock
from tidings.documents.follow import Follow
from tidings.documents.post import Post
from tidings.documents.user import User
from tidings.repositories.protocols import Storage

__all__ = ["archive"]

# So many at a time are in memory, however many there are.
BATCH = 200
MAX_IN_MEMORY = 1024 * 1024

README = """This is what @{name} has on {site}, as of {date}.

profile.json    who you are there
posts/          your posts, each as Markdown with its date and number; posts.json has them all for programs
replies/        the same for your replies, and replies.json
follows.json    whom you follow and who follows you, with the day on which it began

Everything is UTF-8. Times are UTC (ISO 8601).
"""


async def archive(user: User, storage: Storage, site: str, clock: Clock) -> IO[bytes]:
    """An open file at its beginning, for the caller to close. It is packed beside the event loop."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=MAX_IN_MEMORY)  # noqa: SIM115  # it is handed out open
    try:
        with ZipFile(file, "w", ZIP_DEFLATED) as packed:
            readme = README.format(name=user.username, site=site, date=f"{clock.now():%-d %B %Y}")
            packed.writestr("README.txt", readme)
            packed.writestr("profile.json", as_json(profile(user)))
            await pack_posts(packed, user, storage)
            packed.writestr("follows.json", as_json(await follows(user, storage)))
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n"


def profile(user: User) -> dict[str, Any]:
    """What is known of a person but the hash of the password."""
    return {
        "id": str(user.id),
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "role": user.role.value,
        "location": user.location,
        "about": user.about,
        "member_since": user.member_since.isoformat(),
        "confirmed_at": user.confirmed_at.isoformat() if user.confirmed_at is not None else None,
        "last_seen": user.last_seen.isoformat(),
        "counts": user.counts.model_dump(),
    }


async def pack_posts(packed: ZipFile, user: User, storage: Storage) -> None:
    """A file for each post, and at the end the two lists, whose lines wait on disk meanwhile."""
    lists = {folder: List() for folder in ("posts", "replies")}
    try:
        async for batch in batches(user, storage):
            await asyncio.to_thread(pack_batch, packed, lists, batch)
        for folder, rows in lists.items():
            await asyncio.to_thread(rows.pack, packed, f"{folder}.json")
    finally:
        for rows in lists.values():
            rows.file.close()


class List:
    """A JSON list that is written a row at a time."""

    def __init__(self) -> None:
        self.file = tempfile.SpooledTemporaryFile(max_size=MAX_IN_MEMORY)  # noqa: SIM115  # closed by whoever packs
        self.file.write(b"[")
        self._separator = b"\n"

    def add(self, row: dict[str, Any]) -> None:
        self.file.write(self._separator + json.dumps(row, ensure_ascii=False, indent=1).encode())
        self._separator = b",\n"

    def pack(self, packed: ZipFile, name: str) -> None:
        self.file.write(b"\n]\n")
        self.file.seek(0)
        with packed.open(name, "w") as entry:
            while piece := self.file.read(MAX_IN_MEMORY):
                entry.write(piece)


async def batches(user: User, storage: Storage) -> AsyncIterator[list[Post]]:
    before: int | None = None
    while posts := await storage.posts.latest_by(user.id, before, BATCH):
        yield posts
        before = posts[-1].id


def pack_batch(packed: ZipFile, lists: dict[str, List], batch: list[Post]) -> None:
    for post in batch:
        folder = "posts" if post.reply_to is None else "replies"
        packed.writestr(f"{folder}/{post.created_at:%Y-%m-%d}-{post.id}.md", as_markdown(post))
        lists[folder].add(as_row(post))


def as_markdown(post: Post) -> str:
    """The text as it was written, under its title and the day."""
    title = f"# {post.title}\n\n" if post.title else ""
    day = f"*{post.created_at:%-d %B %Y, %H:%M} UTC, {post.visibility.value}*\n\n"
    return f"{title}{day}{post.source}\n"


def as_row(post: Post) -> dict[str, Any]:
    return {
        "id": str(post.id),
        "title": post.title,
        "source": post.source,
        "visibility": post.visibility.value,
        "state": post.state.value,
        "created_at": post.created_at.isoformat(),
        "edited_at": post.edited_at.isoformat() if post.edited_at is not None else None,
        "reply_to": str(post.reply_to) if post.reply_to is not None else None,
        "thread": str(post.thread),
    }


async def follows(user: User, storage: Storage) -> dict[str, list[dict[str, str]]]:
    return {
        "following": await people(user, storage, storage.follows.latest_following, lambda follow: follow.followed_id),
        "followers": await people(user, storage, storage.follows.latest_followers, lambda follow: follow.follower_id),
    }


async def people(
    user: User,
    storage: Storage,
    latest: Callable[[int, int | None, int], Awaitable[list[Follow]]],
    other: Callable[[Follow], int],
) -> list[dict[str, str]]:
    """The people at the other end, without those who are suspended: they are shown to nobody."""
    rows: list[dict[str, str]] = []
    before: int | None = None
    while page := await latest(user.id, before, BATCH):
        since = {other(follow): follow.created_at.isoformat() for follow in page}
        rows += [
            {"username": person.username, "name": person.name, "since": since[person.id]}
            for person in await storage.users.of_ids(list(since))
            if person.suspended_at is None
        ]
        before = page[-1].id
    return rows
