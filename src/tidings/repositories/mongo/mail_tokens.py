"""The secrets inside letters, one alive per person and purpose."""

from pymongo.errors import DuplicateKeyError

from tidings.documents.mail_token import MailToken, Purpose
from tidings.repositories.mongo.database import Database
from tidings.repositories.mongo.failures import translating
from tidings.repositories.mongo.mapping import load, store

__all__ = ["MongoMailTokens"]


@translating
class MongoMailTokens:
    def __init__(self, database: Database) -> None:
        self._tokens = database["mail_tokens"]

    async def add(self, token: MailToken) -> None:
        while True:
            await self._tokens.delete_many({"user_id": token.user_id, "purpose": token.purpose.value})
            try:
                await self._tokens.insert_one(store(token))
            except DuplicateKeyError:
                continue  # another request put its own there in between: ours is the newer
            return

    async def get(self, token_id: str, purpose: Purpose) -> MailToken | None:
        return load(MailToken, await self._tokens.find_one({"_id": token_id, "purpose": purpose.value}))

    async def remove(self, token_id: str) -> bool:
        gone = await self._tokens.delete_one({"_id": token_id})
        return bool(gone.deleted_count)

    async def remove_of_user(self, user_id: int) -> None:
        await self._tokens.delete_many({"user_id": user_id})
