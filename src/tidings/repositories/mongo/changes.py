"""The change stream: what was committed, read once per process, in commit order, from a moment in the past on."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from bson import Timestamp
from pydantic import ValidationError
from pymongo.errors import OperationFailure, PyMongoError

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
from tidings.documents.post import AuthorStamp, Was
from tidings.documents.user import User
from tidings.repositories.mongo.mapping import load, load_post

__all__ = ["PIPELINE", "TOLD_FIELDS", "follow_changes", "translate"]

log = logging.getLogger(__name__)

AWAIT_MILLISECONDS = 1000
HISTORY_LOST = 286
# Only updates that touch one of these are told: counters and author stamps are never events.
TOLD_FIELDS = {
    "posts": ("version", "state", "visibility", "replies_closed"),
    "users": ("username", "name", "withdrawn_at", "epoch"),
}
# Whatever withdraws posts, or gives them back, is about their author, and told by the author's row.
SILENT = "updateDescription.updatedFields.withdrawn"


def touches(collection: str) -> list[dict[str, Any]]:
    return [{f"updateDescription.updatedFields.{name}": {"$exists": True}} for name in TOLD_FIELDS[collection]]


PIPELINE: list[dict[str, Any]] = [
    {
        "$match": {
            "$or": [
                {"ns.coll": "posts", "operationType": {"$in": ["insert", "delete"]}},
                {
                    "ns.coll": "posts",
                    "operationType": "update",
                    "$or": touches("posts"),
                    SILENT: {"$exists": False},
                },
                {"ns.coll": "users", "operationType": "update", "$or": touches("users")},
                {"ns.coll": "follows", "operationType": {"$in": ["insert", "delete"]}},
                {"ns.coll": "sessions", "operationType": "delete"},
                {"ns.coll": "probes", "operationType": {"$in": ["insert", "update", "replace"]}},
                {"operationType": "invalidate"},
            ]
        }
    }
]


def translate(event: Mapping[str, Any], position: Position) -> Change | None:
    """The change that a change event tells of, or None where it tells of nothing that concerns us."""
    kind, key = event["operationType"], event.get("documentKey", {}).get("_id")
    match event.get("ns", {}).get("coll"):
        case "posts" if kind == "insert":
            post = load_post(event["fullDocument"])
            return None if post is None else PostAdded(position, post)
        case "posts":
            fields = event.get("updateDescription", {}).get("updatedFields", {})
            was = Was.model_validate(fields["was"]) if fields.get("was") else None
            return PostUpdated(position, key, load_post(event.get("fullDocument")), was, frozenset(fields))
        case "users" if kind == "update":
            person = load(User, event.get("fullDocument"))
            fields = event["updateDescription"]["updatedFields"]
            return None if person is None else person_updated(position, person, frozenset(fields))
        case "follows":
            follower, followed = (int(part) for part in key.split(":"))
            return FollowChanged(position, follower, followed, following=kind == "insert")
        case "sessions" if kind == "delete":
            return SessionEnded(position, key)
        case "probes":
            return Probed(position, key)
    return None


def person_updated(position: Position, person: User, fields: frozenset[str]) -> PersonUpdated:
    return PersonUpdated(
        position,
        AuthorStamp.of(person),
        withdrawn=person.withdrawn_at is not None,
        erased=person.removed_at is not None,
        fields=fields,
    )


async def follow_changes(database: Any, origin: str, start: Timestamp) -> AsyncGenerator[Change, None]:
    """Every change from the cluster time `start` on; see `protocols.Storage.follow_changes` for what it promises."""
    token: Any = None
    begun = False
    pause = 0.1
    while True:
        place = {"start_at_operation_time": start} if token is None else {"resume_after": token}
        try:
            async with database.watch(
                PIPELINE, full_document="updateLookup", max_await_time_ms=AWAIT_MILLISECONDS, **place
            ) as stream:
                while stream.alive:
                    event = await stream.try_next()
                    if not begun:
                        begun = True
                        yield Lost(Position(origin, start.time, max(start.inc - 1, 0)))
                    pause = 0.1
                    token = stream.resume_token or token
                    if event is None:
                        continue
                    if event["operationType"] == "invalidate":
                        raise OperationFailure("the database was dropped", HISTORY_LOST)
                    time = event["clusterTime"]
                    position = Position(origin, time.time, time.inc)
                    try:
                        change = translate(event, position)
                    except ValidationError:
                        # One document that cannot be read must neither stop the rest nor go unnoticed.
                        log.exception("A change could not be read.")
                        change = Lost(position)
                    if change is not None:
                        yield change
        except PyMongoError as error:
            if isinstance(error, OperationFailure) and error.code == HISTORY_LOST:
                log.warning("The change history does not reach back to where reading stopped; starting from now.")
                fresh = await _present(database)
                if fresh is not None:
                    start, token = fresh, None
                    if begun:
                        yield Lost(Position(origin, start.time, start.inc))
            else:
                log.warning("The change stream broke and is opened again: %s", error)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 2.0)


async def _present(database: Any) -> Timestamp | None:
    """The database's operation time, or None where it does not answer just now."""
    try:
        answer: dict[str, Any] = await database.command("ping")
    except PyMongoError:
        return None
    time: Timestamp = answer["operationTime"]
    return time
