"""The home timeline among a million posts: how long it takes, whomever one follows, and what the database looks at.

    python -m bench.home [--posts 1000000] [--rounds 50]

Fills a mongod of its own, in the documents' own shape, and removes it afterwards (about 2 GB while it runs).
"""

import argparse
import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

from pymongo import MongoClient
from pymongo.collection import Collection

from bench.numbers import percentile, tell
from tests.people import NOON, make_post, make_user, stamp_of
from tidings.ids import id_at
from tidings.repositories import open_storage
from tidings.repositories.mongo.indexes import BY_AUTHOR
from tidings.repositories.mongo.mapping import store_post
from tidings.repositories.mongo.posts import AUTHORS_PER_QUERY
from tidings.settings import read_settings

ACTIVE, SILENT = 1_000, 1_000
PAGE = 21
BATCH = 10_000
TARGET_MS = 25


def documents(posts: int, active: list[Any], silent: list[Any]) -> Iterator[dict[str, Any]]:
    """Ten posts of every silent person first, long ago; then the active ones, in turn."""
    first = id_at(NOON)
    pattern = store_post(make_post(stamp_of(active[0]), "A few words about the sea, the wind and the boats. " * 5))
    old = len(silent) * 10
    for number in range(posts):
        author = silent[number % len(silent)] if number < old else active[number % len(active)]
        post_id = first + (number << 12)
        yield pattern | {"_id": post_id, "thread": post_id, "author": stamp_of(author).model_dump()}


def fill(collection: Collection[dict[str, Any]], posts: int, active: list[Any], silent: list[Any]) -> None:
    batch: list[dict[str, Any]] = []
    begin = monotonic()
    for document in documents(posts, active, silent):
        batch.append(document)
        if len(batch) == BATCH:
            collection.insert_many(batch, ordered=False)
            batch = []
    if batch:
        collection.insert_many(batch, ordered=False)
    print(f"{posts:,} posts written in {monotonic() - begin:.0f} s", flush=True)


def explained(collection: Collection[dict[str, Any]], following: list[int]) -> str:
    """What the database does for the first part of the question."""
    part = sorted(following)[:AUTHORS_PER_QUERY]
    condition = {"author.id": {"$in": part}, "timeline": True}
    stats = collection.find(condition).sort("_id", -1).hint(BY_AUTHOR).limit(PAGE).explain()["executionStats"]
    stages, stage = [], stats["executionStages"]
    while stage is not None:
        inner = stage.get("inputStages") or []
        stages.append(stage["stage"] + (f" x{len(inner)}" if inner else ""))
        stage = stage.get("inputStage") or (inner[0] if inner else None)
    parts = -(-len(following) // AUTHORS_PER_QUERY)
    examined = f"{stats['totalKeysExamined']} keys, {stats['totalDocsExamined']} documents"
    return f"    {parts} part(s); the first: {examined}, {' < '.join(stages)}"


async def measure(url: str, collection: Collection[dict[str, Any]], people: dict[str, list[int]], rounds: int) -> None:
    storage = open_storage(read_settings(_env_file=None, database_url=url))
    await storage.open()
    for what, following in people.items():
        took = []
        for _ in range(rounds):
            begin = monotonic()
            await storage.posts.latest_home(1, following, None, PAGE)
            took.append((monotonic() - begin) * 1000)
        tell(f"home, following {what}: p50", percentile(took, 0.5), "ms", TARGET_MS)
        tell(f"home, following {what}: p99", percentile(took, 0.99), "ms")
        print(explained(collection, following), flush=True)
    await storage.close()


def main() -> None:
    from tidings.server.mongod import EmbeddedMongod

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    active = [make_user(f"active{n}") for n in range(ACTIVE)]
    silent = [make_user(f"silent{n}") for n in range(SILENT)]
    people = {
        "1": [active[0].id],
        "200": [user.id for user in active[:200]],
        "1,000 active": [user.id for user in active],
        "1,000 long silent": [user.id for user in silent],
    }
    with (
        tempfile.TemporaryDirectory(prefix="tidings-bench-") as folder,
        EmbeddedMongod(Path(folder)) as mongod,
        MongoClient[dict[str, Any]](mongod.url) as client,
    ):
        collection = client.get_default_database()["posts"]
        fill(collection, options.posts, active, silent)
        begin = monotonic()
        asyncio.run(indexes(mongod.url))
        print(f"indexes made in {monotonic() - begin:.0f} s", flush=True)
        asyncio.run(measure(mongod.url, collection, people, options.rounds))


async def indexes(url: str) -> None:
    storage = open_storage(read_settings(_env_file=None, database_url=url))
    await storage.open()
    await storage.close()


if __name__ == "__main__":
    main()
