"""Makes the one-member replica set of an embedded mongod, and mends it after its folder was moved."""

import time
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from tidings.errors import UnavailableError

__all__ = ["become_primary"]

ALREADY_INITIALIZED = 23
PAUSE = 0.005


def become_primary(url: str, name: str, host: str, seconds: float) -> None:
    """Wait until the mongod at `url` takes writes as the only member, `host`, of the replica set `name`.

    The set is made if there is none. One whose data was copied or moved still names the member's old address,
    and would wait for it for ever: it gets the new one. Raises UnavailableError after `seconds`.
    """
    deadline = time.monotonic() + seconds
    client: MongoClient[dict[str, Any]] = MongoClient(url, serverSelectionTimeoutMS=int(seconds * 1000))
    try:
        _initiate(client, name, host)
        while not client.admin.command("hello").get("isWritablePrimary"):
            if time.monotonic() > deadline:
                raise UnavailableError(f"The embedded database was not ready within {seconds:.0f} seconds.")
            time.sleep(PAUSE)
    except PyMongoError as error:
        raise UnavailableError(f"The embedded database did not get ready: {error}") from error
    finally:
        client.close()


def _initiate(client: MongoClient[dict[str, Any]], name: str, host: str) -> None:
    stored = client["local"]["system.replset"].find_one()
    if stored is None:
        try:
            client.admin.command("replSetInitiate", {"_id": name, "members": [{"_id": 0, "host": host}]})
        except OperationFailure as error:
            if error.code != ALREADY_INITIALIZED:
                raise
        return
    if len(stored["members"]) == 1 and stored["members"][0]["host"] == host:
        return
    member = {**stored["members"][0], "host": host}
    config = {**stored, "members": [member], "version": stored["version"] + 1}
    # Forced, since the set has no primary that could take it: its only member is not where it says.
    client.admin.command("replSetReconfig", config, force=True)
