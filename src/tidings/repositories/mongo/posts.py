"""Posts, and the bounded question that a home timeline is."""

import heapq
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from itertools import islice, product
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from tidings.documents.audit import AuditEntry
from tidings.documents.post import AuthorStamp, Post, State, Visibility, Was
from tidings.documents.visibility import Viewer, profile_filter, public_filter
from tidings.errors import ForbiddenError, RequestKeyError
from tidings.repositories.mongo.audit import write_entry
from tidings.repositories.mongo.database import Database
from tidings.repositories.mongo.failures import translating
from tidings.repositories.mongo.indexes import BY_AUTHOR, LISTED, LISTED_OF_AUTHOR
from tidings.repositories.mongo.mapping import load_post, plain, store_post

__all__ = ["MongoPosts"]

# From 201 branches on the planner stops merging sorted index scans and reads the whole collection backwards
# instead (internalQueryMaxScansToExplode): a reader of many silent people would wait for ever.
AUTHORS_PER_QUERY = 150
# So many posts of one author are changed by one command: however many there are, each ends within its time.
BATCH = 500
NOTHING: dict[str, Any] = {"title": "", "source": "", "html": "", "excerpt": "", "excerpt_is_whole": True}
# Where a post stands is for the post to say: one of each kind is asked.
KINDS = [
    Post(
        id=0,
        author=AuthorStamp(id=0, username=""),
        **NOTHING,
        thread=0,
        visibility=visibility,
        state=state,
        created_at=datetime.min,
    )
    for state, visibility in product(State, Visibility)
]
CONTENT_FIELDS = {"title", "source", "html", "excerpt", "excerpt_is_whole", "visibility", "edited_at"}


def content_digest(post: Post) -> str:
    """What tells two forms with the same request key apart."""
    parts = (post.title, post.source, post.visibility.value, str(post.reply_to))
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def paged(condition: dict[str, Any], before: int | None) -> dict[str, Any]:
    return condition if before is None else condition | {"_id": {"$lt": before}}


@translating
class MongoPosts:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._posts = database["posts"]
        self._users = database["users"]
        self._request_keys = database["request_keys"]

    async def add(self, post: Post, request_key: str | None = None) -> Post:
        used = f"{post.author.id}:{request_key}"

        async def work(session: Any) -> None:
            if request_key is not None:
                digest = content_digest(post)
                row = {"_id": used, "post_id": post.id, "digest": digest, "created_at": post.created_at}
                await self._request_keys.insert_one(row, session=session)
            await self._written_by(post, session)
            await self._posts.insert_one(store_post(post), session=session)

        try:
            await self._database.transaction(work)
        except DuplicateKeyError:
            if request_key is None:
                raise
            return await self._first_of(used, post)
        return post

    async def _first_of(self, used: str, post: Post) -> Post:
        row = await self._request_keys.find_one({"_id": used})
        if row is None or row["digest"] != content_digest(post):
            raise RequestKeyError
        # The post may have been removed since; its address still answers as it should.
        return await self.get(row["post_id"]) or post.model_copy(update={"id": row["post_id"]})

    async def _written_by(self, post: Post, session: Any) -> None:
        """Say in the author's row that they wrote, and count; ForbiddenError where they are suspended.

        Because the row is written, this and a suspension cannot both commit without the later seeing the earlier:
        no post comes into being behind a suspension's back. (An author without a row is nobody who was suspended.)
        """
        update: dict[str, Any] = {"$max": {"last_seen": post.created_at}}
        if post.reply_to is None:
            update["$inc"] = {"counts.posts": 1}
        condition = {"_id": post.author.id, "suspended_at": None}
        written = await self._users.update_one(condition, update, session=session)
        if not written.matched_count and await self._users.find_one({"_id": post.author.id}, session=session):
            raise ForbiddenError("This account is suspended, so nothing can be written with it.")

    async def get(self, post_id: int) -> Post | None:
        return load_post(await self._posts.find_one({"_id": post_id}))

    async def latest_public(self, before: int | None, limit: int) -> list[Post]:
        return self._load(await self._newest(public_filter(), before, limit, LISTED))

    async def latest_home(self, person_id: int, following: Sequence[int], before: int | None, limit: int) -> list[Post]:
        authors = sorted({person_id, *following})
        pages = [
            await self._newest(
                {"author.id": {"$in": authors[start : start + AUTHORS_PER_QUERY]}, "timeline": True},
                before,
                limit,
                BY_AUTHOR,
            )
            for start in range(0, len(authors), AUTHORS_PER_QUERY)
        ]
        merged = heapq.merge(*pages, key=lambda stored: -stored["_id"])
        return self._load(list(islice(merged, limit)))

    async def latest_of(self, author_id: int, viewer: Viewer, before: int | None, limit: int) -> list[Post]:
        condition = profile_filter(author_id, viewer)
        index = BY_AUTHOR if "timeline" in condition else LISTED_OF_AUTHOR
        return self._load(await self._newest(condition, before, limit, index))

    async def _newest(self, condition: dict[str, Any], before: int | None, limit: int, index: str) -> list[Any]:
        cursor = self._posts.find(paged(condition, before)).sort([("_id", -1)]).hint(index).limit(limit)
        found: list[Any] = await cursor.to_list(limit)
        return found

    @staticmethod
    def _load(rows: list[Any]) -> list[Post]:
        return [post for row in rows if (post := load_post(row)) is not None]

    async def latest_by(self, author_id: int, before: int | None, limit: int) -> list[Post]:
        condition = paged({"author.id": author_id, "state": {"$ne": State.REMOVED.value}}, before)
        return self._load(await self._posts.find(condition).sort([("_id", -1)]).limit(limit).to_list(limit))

    async def set_content(self, edited: Post, version: int, entry: AuditEntry | None = None) -> Post | None:
        stored = store_post(edited)
        change = {name: stored[name] for name in CONTENT_FIELDS | {"timeline", "listed"}}
        current = await self.get(edited.id)
        if current is None or current.version != version:
            return None
        if current.visibility is not edited.visibility:
            # Filtering on the version makes this the state and visibility that the update replaces.
            change["was"] = plain(Was(state=current.state, visibility=current.visibility).model_dump())
        else:
            del change["visibility"]
        condition = {"_id": edited.id, "version": version, "state": State.PUBLISHED.value}
        # What stands in lists was computed from this: over a suspension it would bring the post back.
        condition["withdrawn"] = True if edited.withdrawn else {"$ne": True}
        update = {"$set": change, "$inc": {"version": 1}}

        async def work(session: Any) -> Post | None:
            changed = load_post(
                await self._posts.find_one_and_update(
                    condition, update, return_document=ReturnDocument.AFTER, session=session
                )
            )
            if changed is not None:
                await write_entry(self._database, entry, session)
            return changed

        result: Post | None = await (work(None) if entry is None else self._database.transaction(work))
        return result

    async def set_author(self, author: AuthorStamp) -> None:
        stamp = plain(author.model_dump())
        condition = {"author.id": author.id, "$or": [{f"author.{key}": {"$ne": value}} for key, value in stamp.items()]}
        await self._change_many(condition, {"$set": {"author": stamp}})

    async def set_withdrawn(self, author_id: int, withdrawn: bool) -> None:
        condition = {"author.id": author_id, "withdrawn": {"$ne": True} if withdrawn else True}
        nowhere = {"withdrawn": withdrawn, "timeline": False, "listed": False}
        if not withdrawn:
            for kind in (kind for kind in KINDS if kind.timeline):
                alike = {"state": kind.state.value, "visibility": kind.visibility.value, "reply_to": None}
                where = {"timeline": kind.timeline, "listed": kind.listed}
                await self._change_many(condition | alike, {"$set": nowhere | where})
        await self._change_many(condition, {"$set": nowhere})

    async def _change_many(self, condition: dict[str, Any], update: dict[str, Any]) -> None:
        """Change all posts that the condition holds for, some at a time. The change makes it hold no more: so this
        may be interrupted anywhere, and goes on when it is asked for again."""
        ids = [row["_id"] for row in await self._posts.find(condition, {"_id": 1}).to_list(None)]
        for start in range(0, len(ids), BATCH):
            await self._posts.update_many(condition | {"_id": {"$in": ids[start : start + BATCH]}}, update)

    async def remove_of_author(self, author_id: int, at: datetime) -> None:
        nobody = plain(AuthorStamp(id=author_id, username="").model_dump())
        left = NOTHING | {"author": nobody, "state": State.REMOVED.value, "was": None, "edited_at": at}
        nowhere = {"withdrawn": True, "timeline": False, "listed": False}
        update = {"$set": left | nowhere, "$inc": {"version": 1}}
        await self._change_many({"author.id": author_id, "state": {"$ne": State.REMOVED.value}}, update)
        # What was a tombstone before still had the name on it.
        await self._change_many({"author.id": author_id, "author.username": {"$ne": ""}}, {"$set": {"author": nobody}})

    async def remove(self, post_id: int, at: datetime, entry: AuditEntry | None = None) -> bool:
        async def work(session: Any) -> bool:
            post = load_post(await self._posts.find_one({"_id": post_id}, session=session))
            if post is None or post.state is State.REMOVED:
                return False
            was = Was(state=post.state, visibility=post.visibility)
            left = NOTHING | {"state": State.REMOVED, "was": was, "edited_at": at}
            tombstone = post.model_copy(update=left)
            stored = store_post(tombstone)
            change = {name: stored[name] for name in left.keys() | {"timeline", "listed"}}
            # The version is part of the condition because not every engine isolates what was read above.
            changed = await self._posts.update_one(
                {"_id": post_id, "version": post.version}, {"$set": change, "$inc": {"version": 1}}, session=session
            )
            if changed.modified_count == 0:
                return False
            if post.reply_to is None:
                await self._users.update_one({"_id": post.author.id}, {"$inc": {"counts.posts": -1}}, session=session)
            await write_entry(self._database, entry, session)
            return True

        removed: bool = await self._database.transaction(work)
        return removed
