"""The MongoDB engine: the repositories on one client, and what is asked of the database as a whole."""

import secrets
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from typing import Any

from bson import Timestamp
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import ReturnDocument
from pymongo.errors import ConfigurationError, InvalidURI, PyMongoError
from pymongo.uri_parser import parse_uri

from tidings.documents.changes import Change
from tidings.errors import SettingsError, UnavailableError
from tidings.repositories.mongo.audit import MongoAudit
from tidings.repositories.mongo.changes import follow_changes
from tidings.repositories.mongo.database import Database, MongoDatabase
from tidings.repositories.mongo.devices import MongoDevices
from tidings.repositories.mongo.failures import translated, translating
from tidings.repositories.mongo.follows import MongoFollows
from tidings.repositories.mongo.indexes import INDEXES
from tidings.repositories.mongo.leases import ProcessLease
from tidings.repositories.mongo.mail_tokens import MongoMailTokens
from tidings.repositories.mongo.outbox import MongoOutbox
from tidings.repositories.mongo.posts import MongoPosts
from tidings.repositories.mongo.second_factors import MongoSecondFactors
from tidings.repositories.mongo.sessions import MongoSessions
from tidings.repositories.mongo.slow_queries import SlowQueryLog
from tidings.repositories.mongo.throttles import MongoThrottles
from tidings.repositories.mongo.users import MongoUsers
from tidings.repositories.protocols import (
    AuditRepository,
    DeviceRepository,
    FollowRepository,
    MailTokenRepository,
    OutboxRepository,
    PostRepository,
    SecondFactorRepository,
    SessionRepository,
    ThrottleRepository,
    UserRepository,
)

__all__ = ["MongoStorage", "Repositories", "make_indexes"]

# A page has seconds, not the driver's half minute.
SELECTION_MILLISECONDS = 2000
OPERATION_MILLISECONDS = 2500
# Above all else: what is acknowledged has reached a majority.
SURE: dict[str, Any] = {"w": "majority", "readConcernLevel": "majority", "retryWrites": True, "tz_aware": True}
ORIGIN_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


class Repositories:
    """One repository per noun on a database."""

    def __init__(self, database: Database) -> None:
        self.users: UserRepository = MongoUsers(database)
        self.posts: PostRepository = MongoPosts(database)
        self.follows: FollowRepository = MongoFollows(database)
        self.sessions: SessionRepository = MongoSessions(database)
        self.mail_tokens: MailTokenRepository = MongoMailTokens(database)
        self.second_factors: SecondFactorRepository = MongoSecondFactors(database)
        self.outbox: OutboxRepository = MongoOutbox(database)
        self.throttles: ThrottleRepository = MongoThrottles(database)
        self.devices: DeviceRepository = MongoDevices(database)
        self.audit: AuditRepository = MongoAudit(database)


async def make_indexes(database: Database) -> None:
    """Make the indexes that are missing."""
    for name, indexes in INDEXES.items():
        if indexes:
            await database[name].create_indexes(indexes)


async def origin_of(database: Database) -> str:
    """Eight characters that name this database's timeline of positions, made when it is first opened."""
    fresh = "".join(secrets.choice(ORIGIN_LETTERS) for _ in range(8))
    row = await database["meta"].find_one_and_update(
        {"_id": "origin"}, {"$setOnInsert": {"value": fresh}}, upsert=True, return_document=ReturnDocument.AFTER
    )
    return str(row["value"])


@translating
class MongoStorage(Repositories):
    """A replica set by URL. `open` on the event loop that will use it: the client binds to the first it meets."""

    def __init__(self, url: str, slow_query_ms: int) -> None:
        try:
            parsed = parse_uri(url)
        except (InvalidURI, ConfigurationError, ValueError) as error:
            raise SettingsError(f"TIDINGS_DATABASE_URL cannot be read: {error}") from error
        name = parsed["database"]
        if not name:
            raise SettingsError("TIDINGS_DATABASE_URL must end with the name of the database: mongodb://host/tidings")
        self._url = url
        self._hosts = [f"{host}:{port}" if port else host for host, port in parsed["nodelist"]]
        self._client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
            url,
            serverSelectionTimeoutMS=SELECTION_MILLISECONDS,
            connectTimeoutMS=SELECTION_MILLISECONDS,
            timeoutMS=OPERATION_MILLISECONDS,
            event_listeners=[SlowQueryLog(slow_query_ms)],
            **SURE,
        )
        self._database = MongoDatabase(self._client, name)
        self._lease = ProcessLease(self._database["processes"], self.now)
        self._origin = ""
        super().__init__(self._database)

    async def open(self) -> None:
        try:
            hello = await self._client.admin.command("hello")
        except PyMongoError as error:
            raise UnavailableError(
                f"The database at {', '.join(self._hosts)} does not answer. Is it running, and is TIDINGS_DATABASE_URL "
                "right? `tidings doctor` looks at it more closely."
            ) from error
        if "setName" not in hello:
            raise SettingsError(
                "The database is a single mongod without a replica set, and such a one tells nobody what was "
                "written. Start mongod with --replSet and run rs.initiate() once, or let Tidings start its own "
                "by leaving TIDINGS_DATABASE_URL unset."
            )
        await self._make_indexes()
        self._origin = await origin_of(self._database)

    async def _make_indexes(self) -> None:
        # A client of its own: building an index on a large collection may take longer than a page has.
        patient: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
            self._url, serverSelectionTimeoutMS=SELECTION_MILLISECONDS, **SURE
        )
        try:
            await make_indexes(MongoDatabase(patient, self._database.raw.name))
        finally:
            patient.close()

    async def close(self) -> None:
        await self._lease.release()
        self._client.close()

    async def now(self) -> datetime:
        moment: datetime = (await self._client.admin.command("hello"))["localTime"]
        return moment.replace(tzinfo=UTC)  # commands answer with naive times whatever the client's options

    async def ping(self) -> None:
        await self._client.admin.command("ping")

    async def lease_process(self, renumber: Callable[[int], None]) -> int:
        return await self._lease.take(renumber)

    async def probe(self, probe: str) -> None:
        await self._database["probes"].update_one({"_id": probe}, {"$inc": {"beats": 1}}, upsert=True)

    async def remove_probe(self, probe: str) -> None:
        await self._database["probes"].delete_one({"_id": probe})

    @translated
    async def _operation_time(self) -> Timestamp:
        time: Timestamp = (await self._client.admin.command("ping"))["operationTime"]
        return time

    async def follow_changes(self, seconds: int) -> AsyncGenerator[Change, None]:
        now = await self._operation_time()
        # From the database's clock, never from ours: a stream that starts in the future is silent.
        start = Timestamp(max(now.time - seconds, 1), 1)
        async for change in follow_changes(self._database.raw, self._origin, start):
            yield change
