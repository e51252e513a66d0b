"""Whether a MongoDB is as this version wants it; reads only."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tidings.errors import UnavailableError
from tidings.repositories.mongo.indexes import INDEXES

__all__ = ["is_replica_set", "missing_indexes"]

MILLISECONDS = 5000


def missing_indexes(url: str) -> list[str]:
    """The indexes ("collection.name") that are not there, in alphabetical order.

    UnavailableError with the reason where the database does not answer within five seconds.
    """
    with _client(url) as client:
        database = client.get_default_database()
        return sorted(
            f"{collection}.{index.document['name']}"
            for collection, indexes in INDEXES.items()
            for index in indexes
            if index.document["name"] not in database[collection].index_information()
        )


def is_replica_set(url: str) -> bool:
    """Whether it can tell what was written, which takes a replica set. UnavailableError as above."""
    with _client(url) as client:
        return "setName" in client.admin.command("hello")


@contextmanager
def _client(url: str) -> Iterator[MongoClient[dict[str, Any]]]:
    try:
        with MongoClient[dict[str, Any]](url, serverSelectionTimeoutMS=MILLISECONDS) as client:
            yield client
    except PyMongoError as error:
        raise UnavailableError(f"The database does not answer: {error}") from error
