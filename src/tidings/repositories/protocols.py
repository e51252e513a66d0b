"""What may be asked of a storage engine: one small protocol per noun, and the engine that holds them.

Verbs are a closed vocabulary: `add get by_x latest of_x set_x remove`. A question for one thing that is not there
answers None. Errors: TakenError where something unique exists already, UnavailableError where the engine does not
answer in time (the outcome of a write is then unknown, and repeating it is safe). No driver error leaves an engine.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime
from typing import Protocol

from tidings.documents.audit import AuditEntry
from tidings.documents.changes import Change
from tidings.documents.device import Device
from tidings.documents.follow import Follow
from tidings.documents.mail_token import MailToken, Purpose
from tidings.documents.outbox_letter import OutboxLetter
from tidings.documents.post import AuthorStamp, Post
from tidings.documents.second_factor import SecondFactor
from tidings.documents.session import Session
from tidings.documents.user import Role, User
from tidings.documents.visibility import Viewer

__all__ = [
    "AuditRepository",
    "DeviceRepository",
    "FollowRepository",
    "MailTokenRepository",
    "OutboxRepository",
    "PostRepository",
    "SecondFactorRepository",
    "SessionRepository",
    "Storage",
    "ThrottleRepository",
    "UserRepository",
]


class UserRepository(Protocol):
    async def add(self, user: User) -> None:
        """Keep a new person. Raises TakenError("username" or "email") where either belongs to somebody."""

    async def get(self, user_id: int) -> User | None: ...

    async def of_ids(self, user_ids: Sequence[int]) -> list[User]:
        """Those of them that exist, in the order asked for."""

    async def by_username(self, username: str) -> User | None:
        """In any case."""

    async def by_former_username(self, username: str) -> User | None:
        """Who had this name before the one they have now, in any case."""

    async def by_email(self, email: str) -> User | None: ...

    async def latest(self, limit: int) -> list[User]:
        """Confirmed people who may be shown to others, those with the most followers first."""

    async def set_confirmed(self, user_id: int, at: datetime, role: Role) -> None: ...

    async def set_password_hash(
        self, user_id: int, password_hash: str, over: str | None = None, *, new_epoch: bool = False
    ) -> bool:
        """Where `over` is given, only while that is still the stored one; False where it is not. With `new_epoch` all
        sessions of before are over from this write on."""

    async def set_email(self, user_id: int, email: str) -> None:
        """All sessions of before are over. Raises TakenError("email") where it belongs to somebody else."""

    async def begin_epoch(self, user_id: int) -> None:
        """All sessions of before are over."""

    async def set_last_seen(self, user_id: int, at: datetime) -> None: ...

    async def latest_found(self, text: str, before: int | None, limit: int) -> list[User]:
        """People who have not left and have `text` in a name or the address (in any case), the newest first."""

    async def set_account(self, before: User, after: User, entry: AuditEntry | None = None) -> bool:
        """Write what differs between the two, and the entry with it, or nothing at all.

        False where one of these fields is not as `before` says any more. TakenError where name or address belongs
        or belonged to somebody else, LastAdministratorError where nobody would be left to administer the site. A
        name given up stays its owner's for ever.
        """

    async def latest_unsettled(self, limit: int) -> list[User]:
        """People for whom `repositories.settling` has something left to do."""

    async def set_settled(self, user: User) -> bool:
        """Nothing is left to do for the person as `user` says: their posts are withdrawn or shown, and readers may
        hear of it. False where they are called otherwise, suspended or not suspended meanwhile."""

    async def erase(self, user: User) -> User:
        """Forget everything about a person who left but the id and the key of the name; gives what is left."""


class PostRepository(Protocol):
    async def add(self, post: Post, request_key: str | None = None) -> Post:
        """Keep a new post and count it. With a request key that its author used within 24 hours for the same
        content, the post of then comes back and nothing is kept; RequestKeyError where the content differs.
        ForbiddenError where the author is suspended."""

    async def get(self, post_id: int) -> Post | None:
        """Whatever its state: who may see it is asked of `documents.visibility`."""

    async def latest_public(self, before: int | None, limit: int) -> list[Post]:
        """The public timeline, newest first, ids below `before`."""

    async def latest_home(self, person_id: int, following: Sequence[int], before: int | None, limit: int) -> list[Post]:
        """The posts of `person_id` and of all `following`, newest first, in time that does not grow with the
        number of posts."""

    async def latest_of(self, author_id: int, viewer: Viewer, before: int | None, limit: int) -> list[Post]:
        """A profile's posts as `viewer` sees them, newest first."""

    async def latest_by(self, author_id: int, before: int | None, limit: int) -> list[Post]:
        """All that somebody wrote and did not remove, replies too, newest first: for its author alone."""

    async def set_content(self, edited: Post, version: int, entry: AuditEntry | None = None) -> Post | None:
        """Write title, source, html, excerpt, visibility and edited_at of `edited` over `version` of the post and
        count the version up, and keep the entry with it. None where the stored version is another by now, it is no
        longer published, or it was withdrawn or given back since."""

    async def set_author(self, author: AuthorStamp) -> None:
        """Put this stamp into all posts of its author. Readers are not told: the change of the person is the event."""

    async def set_withdrawn(self, author_id: int, withdrawn: bool) -> None:
        """Take all posts of this author out of every list, or put them back where they belong. Readers are not told:
        the change of the person is the event."""

    async def remove(self, post_id: int, at: datetime, entry: AuditEntry | None = None) -> bool:
        """Leave a tombstone without text in its place, and the entry with it. False where it was one already (or
        never was)."""

    async def remove_of_author(self, author_id: int, at: datetime) -> None:
        """Leave tombstones without text and without a name in the place of all that this author wrote. Readers are
        not told: the change of the person is the event."""


class FollowRepository(Protocol):
    async def add(self, follow: Follow) -> bool:
        """Follow and count. False where it was so already."""

    async def remove(self, follower_id: int, followed_id: int) -> bool:
        """Unfollow and count. False where there was nothing to remove."""

    async def remove_of_user(self, user_id: int) -> None:
        """End and count all follows of this person and by this person."""

    async def get(self, follower_id: int, followed_id: int) -> Follow | None: ...

    async def of_follower(self, follower_id: int) -> list[int]:
        """The ids of all whom this person follows."""

    async def latest_followers(self, followed_id: int, before: int | None, limit: int) -> list[Follow]:
        """Who follows this person, latest first; `before` is the id of a follow."""

    async def latest_following(self, follower_id: int, before: int | None, limit: int) -> list[Follow]:
        """Whom this person follows, latest first; `before` is the id of a follow."""


class SessionRepository(Protocol):
    async def add(self, session: Session) -> None: ...

    async def get(self, session_id: str) -> Session | None: ...

    async def of_user(self, user_id: int) -> list[Session]:
        """Where this person is signed in, the place seen last first."""

    async def set_last_seen(self, session_id: str, at: datetime, expires_at: datetime) -> None:
        """Neither moves backwards, and a session that ended stays so."""

    async def count_code_try(self, session_id: str) -> int:
        """Count one more and say how many there are now; of two at once each gets a number of its own. 0 where the
        session ended."""

    async def remove(self, session_id: str) -> None: ...

    async def remove_oldest_of_user(self, user_id: int, pending: bool, keep: int) -> int:
        """Of this person's sessions (those that are pending, or those that are not) end all but the `keep` seen
        last; says how many there were."""

    async def remove_of_user(self, user_id: int, keep: str | None = None) -> int:
        """End all sessions of this person but the one named by `keep`; says how many there were."""


class MailTokenRepository(Protocol):
    async def add(self, token: MailToken) -> None:
        """Keep it in the place of the person's older one of the same purpose, which is dead from now on."""

    async def get(self, token_id: str, purpose: Purpose) -> MailToken | None: ...

    async def remove(self, token_id: str) -> bool:
        """Use it up. False where somebody was quicker: of two at once exactly one gets True."""

    async def remove_of_user(self, user_id: int) -> None:
        """All links that went to this person are dead from now on: the password or the address has changed."""


class OutboxRepository(Protocol):
    async def add(self, letter: OutboxLetter) -> None: ...

    async def claim(self, now: datetime, lease_seconds: float) -> OutboxLetter | None:
        """The letter that has been due the longest, counted up and due again only after the lease: of all who ask
        at once exactly one gets it."""

    async def set_due(self, letter_id: str, at: datetime) -> None: ...

    async def remove_to(self, address: str) -> None:
        """Nothing goes to this address any more."""

    async def remove(self, letter_id: str) -> None: ...


class ThrottleRepository(Protocol):
    async def hit(self, bucket: str, limit: int, seconds: int, now: datetime) -> int:
        """Count once more in this bucket: 0, or for how many seconds to wait where that was more than `limit`
        within `seconds`, which begin with the first hit. However many hit at once, `limit` of them get 0."""

    async def take_back(self, bucket: str, now: datetime) -> None:
        """Uncount one hit of the window that is open, if there is one."""


class DeviceRepository(Protocol):
    async def add(self, device: Device) -> None:
        """Keep it, or keep it longer where it is there already."""

    async def get(self, device_id: str) -> Device | None: ...

    async def remove_of_user(self, user_id: int) -> None: ...


class SecondFactorRepository(Protocol):
    async def add(self, factor: SecondFactor) -> bool:
        """Switch it on. False where it is on already: of two at once exactly one gets True."""

    async def get(self, user_id: int) -> SecondFactor | None: ...

    async def set_last_step(self, user_id: int, step: int) -> bool:
        """Use up all steps up to this one. False where it was used already: each step is used at most once."""

    async def set_recovery(self, user_id: int, recovery: Sequence[str]) -> None:
        """Put these digests in the place of those until now."""

    async def remove_recovery(self, user_id: int, digest: str) -> bool:
        """Use up a recovery code. False where there is none like it (any more)."""

    async def remove(self, user_id: int) -> bool:
        """Switch it off. False where it was off."""


class AuditRepository(Protocol):
    """Rows are added and read. There is no way to change or remove one."""

    async def add(self, entry: AuditEntry) -> None: ...

    async def latest(self, before: int | None, limit: int) -> list[AuditEntry]:
        """The newest first, ids below `before`."""


class Storage(Protocol):
    """An engine: the repositories, and what is asked of the engine as a whole."""

    users: UserRepository
    posts: PostRepository
    follows: FollowRepository
    sessions: SessionRepository
    mail_tokens: MailTokenRepository
    second_factors: SecondFactorRepository
    outbox: OutboxRepository
    throttles: ThrottleRepository
    devices: DeviceRepository
    audit: AuditRepository

    async def open(self) -> None:
        """Connect, on the running event loop, and make what is missing (indexes). Raises UnavailableError or
        SettingsError with what to do."""

    async def close(self) -> None: ...

    async def now(self) -> datetime:
        """The engine's own clock."""

    async def ping(self) -> None:
        """Raises UnavailableError unless the engine answers."""

    async def lease_process(self, renumber: Callable[[int], None]) -> int:
        """A process number that no other living process has (`ids.PROCESSES` of them), renewed until `close`.
        Should it be lost, `renumber` is called with another."""

    def follow_changes(self, seconds: int) -> AsyncGenerator[Change, None]:
        """Every change from `seconds` ago (by the engine's clock) on, without end. The first item is a `Lost` that
        says where the reading starts; another `Lost` follows wherever the engine cannot tell what came between.
        Reading goes on over faults by itself; it ends only when closed."""

    async def probe(self, probe: str) -> None:
        """Write a probe, which comes back as `Probed` among the changes once all before it have been told."""

    async def remove_probe(self, probe: str) -> None:
        """Forget the probe of a process that ends."""
