"""What may be asked of a storage engine: one small protocol per noun, and the engine that holds them.

Verbs are a closed vocabulary: `add get by_x latest of_x set_x remove`. A question for one thing that is not there
answers None. Errors: TakenError where something unique exists already, UnavailableError where the engine does not
answer in time (the outcome of a write is then unknown, and repeating it is safe). No driver error leaves an engine.
"""

from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import datetime
from typing import Protocol

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

    async def by_email(self, email: str) -> User | None: ...

    async def latest(self, limit: int) -> list[User]:
        """Confirmed people who may be shown to others, those with the most followers first."""

    async def set_confirmed(self, user_id: int, at: datetime, role: Role) -> None: ...

    async def set_password_hash(self, user_id: int, password_hash: str, over: str | None = None) -> bool:
        """Where `over` is given, only while that is still the stored one; False where it is not."""

    async def set_email(self, user_id: int, email: str) -> None:
        """Raises TakenError("email") where it belongs to somebody else."""

    async def set_profile(self, user_id: int, name: str, location: str, about: str, about_html: str) -> None:
        """Another name marks the person as not `stamped`, in the same write."""

    async def unstamped(self, limit: int) -> list[User]:
        """People whose posts may still carry a name of before."""

    async def set_stamped(self, author: AuthorStamp) -> bool:
        """Say that the posts carry this stamp. False where the person is called otherwise by now."""

    async def set_last_seen(self, user_id: int, at: datetime) -> None: ...


class PostRepository(Protocol):
    async def add(self, post: Post, request_key: str | None = None) -> Post:
        """Keep a new post and count it. With a request key that its author used within 24 hours for the same
        content, the post of then comes back and nothing is kept; RequestKeyError where the content differs."""

    async def get(self, post_id: int) -> Post | None:
        """Whatever its state: who may see it is asked of `documents.visibility`."""

    async def latest_public(self, before: int | None, limit: int) -> list[Post]:
        """The public timeline, newest first, ids below `before`."""

    async def latest_home(self, person_id: int, following: Sequence[int], before: int | None, limit: int) -> list[Post]:
        """The posts of `person_id` and of all `following`, newest first, in time that does not grow with the
        number of posts."""

    async def latest_of(self, author_id: int, viewer: Viewer, before: int | None, limit: int) -> list[Post]:
        """A profile's posts as `viewer` sees them, newest first."""

    async def set_content(self, edited: Post, version: int) -> Post | None:
        """Write title, source, html, excerpt, visibility and edited_at of `edited` over `version` of the post and
        count the version up. None where the stored version is another by now, or it is no longer published."""

    async def set_author(self, author: AuthorStamp) -> None:
        """Put this stamp into all posts of its author. Readers are not told: the change of the person is the event."""

    async def remove(self, post_id: int, at: datetime) -> bool:
        """Leave a tombstone without text in its place. False where it was one already (or never was)."""


class FollowRepository(Protocol):
    async def add(self, follow: Follow) -> bool:
        """Follow and count. False where it was so already."""

    async def remove(self, follower_id: int, followed_id: int) -> bool:
        """Unfollow and count. False where there was nothing to remove."""

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
