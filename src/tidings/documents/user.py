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

    `stamped` is False from a change of name until all their posts carry the new one.
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
    name: str = ""
    location: str = ""
    about: str = ""
    about_html: str = ""
    member_since: datetime
    last_seen: datetime
    counts: UserCounts = UserCounts()
    stamped: bool = True

    @property
    def display_name(self) -> str:
        return self.name or self.username

    @property
    def confirmed(self) -> bool:
        return self.confirmed_at is not None
