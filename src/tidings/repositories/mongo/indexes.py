"""Every index, as data; made when the storage opens and by `tidings db upgrade`."""

from pymongo import ASCENDING, DESCENDING, IndexModel

__all__ = ["BY_AUTHOR", "INDEXES", "LISTED", "LISTED_OF_AUTHOR"]

BY_AUTHOR = "timeline_of_author"
LISTED = "listed"
LISTED_OF_AUTHOR = "listed_of_author"

INDEXES: dict[str, list[IndexModel]] = {
    "users": [
        IndexModel([("username_key", ASCENDING)], unique=True, name="username_key"),
        IndexModel([("email_key", ASCENDING)], unique=True, name="email_key"),
        IndexModel([("counts.followers", DESCENDING), ("_id", DESCENDING)], name="most_followed"),
        # Only those for whom something is left to do are in it.
        IndexModel([("unsettled", ASCENDING)], partialFilterExpression={"unsettled": True}, name="unsettled"),
    ],
    "posts": [
        # A home timeline asks for many authors at once; the flag stands beside the author so that the planner
        # merges one sorted branch per author and never needs a second list of values.
        IndexModel([("author.id", ASCENDING), ("timeline", ASCENDING), ("_id", DESCENDING)], name=BY_AUTHOR),
        IndexModel([("author.id", ASCENDING), ("listed", ASCENDING), ("_id", DESCENDING)], name=LISTED_OF_AUTHOR),
        IndexModel([("listed", ASCENDING), ("_id", DESCENDING)], name=LISTED),
    ],
    "follows": [
        IndexModel([("follower_id", ASCENDING), ("id", DESCENDING), ("followed_id", ASCENDING)], name="following"),
        IndexModel([("followed_id", ASCENDING), ("id", DESCENDING), ("follower_id", ASCENDING)], name="followers"),
    ],
    "sessions": [
        IndexModel([("user_id", ASCENDING)], name="of_user"),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
    ],
    "mail_tokens": [
        IndexModel([("user_id", ASCENDING), ("purpose", ASCENDING)], unique=True, name="one_per_purpose"),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
    ],
    "outbox": [
        IndexModel([("due_at", ASCENDING)], name="due"),
    ],
    "throttles": [
        IndexModel([("until", ASCENDING)], expireAfterSeconds=0, name="expiry"),
    ],
    "devices": [
        IndexModel([("user_id", ASCENDING)], name="of_user"),
        IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expiry"),
    ],
    "request_keys": [
        IndexModel([("created_at", ASCENDING)], expireAfterSeconds=24 * 3600, name="a_day"),
    ],
    "second_factors": [],
    "former_names": [],
    "audit": [],
    "processes": [],
    "probes": [],
    "meta": [],
}
