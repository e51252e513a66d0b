"""A person: the account, the profile, and what the role allows."""

from datetime import datetime
from enum import IntFlag, StrEnum

from tidings.documents.base import Document

__all__ = ["Permission", "Role", "User", "UserCounts", "email_key", "username_key"]


class Permission(IntFlag):
    """What a person may do."""

    FOLLOW = 1
    COMMENT = 2
    WRITE = 4
    MODERATE = 8
    ADMIN = 16


class Role(StrEnum):
    """A fixed set of permissions; stored and shown by its value."""

    USER = "user"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"

    @property
    def permissions(self) -> Permission:
        return PERMISSIONS[self]

    def allows(self, permission: Permission) -> bool:
        """Whether every bit of `permission` is among this role's."""
        return permission in self.permissions


PERMISSIONS = {
    Role.USER: Permission.FOLLOW | Permission.COMMENT | Permission.WRITE,
    Role.MODERATOR: Permission.FOLLOW | Permission.COMMENT | Permission.WRITE | Permission.MODERATE,
    Role.ADMINISTRATOR: Permission(31),
}


def username_key(username: str) -> str:
    """What makes a name unique: two names that differ only in case are one. (Names are ASCII.)"""
    return username.lower()


def email_key(email: str) -> str:
    """What makes an address unique, whatever the case it is typed in."""
    return email.strip().casefold()


class UserCounts(Document):
    """Counters that equal the rows they count."""

    posts: int = 0
    followers: int = 0
    following: int = 0


class User(Document):
    """A person's account. `about` is Markdown and `about_html` what it renders to.

    Somebody with `suspended_at` cannot sign in or write, and is shown to nobody. Who left (`removed_at`) is suspended
    as well, so whatever keeps out the one keeps out the other. `withdrawn_at` follows once no post of theirs is shown
    any more: it is what live readers are told. While `unsettled`, steps of such a change are still to be done.

    `epoch` counts how often all sessions of the person were ended. It moves in the same write as what ends them, and
    a session of an earlier epoch is worth nothing: so no fault in between leaves one of them alive.
    """

    id: int
    username: str
    username_key: str
    email: str
    email_key: str
    password_hash: str
    role: Role = Role.USER
    confirmed_at: datetime | None = None
    suspended_at: datetime | None = None
    removed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    unsettled: bool = False
    epoch: int = 0
    name: str = ""
    location: str = ""
    about: str = ""
    about_html: str = ""
    member_since: datetime
    last_seen: datetime
    counts: UserCounts = UserCounts()

    @property
    def display_name(self) -> str:
        return self.name or self.username

    @property
    def confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def shown(self) -> bool:
        """Whether others are told that there is such a person. Not before the address was confirmed: a page that
        appears by registering would tell whether the address had an account already."""
        return self.suspended_at is None and (self.confirmed or self.counts.posts > 0)

    @property
    def administers(self) -> bool:
        """Whether they can administer the site as they are: one such person has to be left always."""
        return self.role is Role.ADMINISTRATOR and self.confirmed and self.suspended_at is None
