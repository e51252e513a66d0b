"""Who did what to whom: one row for every act of moderation and administration, written once and never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tidings.documents.base import Document
from tidings.documents.post import Post
from tidings.documents.user import User
from tidings.ids import IdMint, id_time

__all__ = ["COMMAND_LINE", "Actor", "AuditEntry", "about_person", "about_post"]

Action = Literal[
    "person.created",
    "person.edited",
    "person.promoted",
    "person.suspended",
    "person.restored",
    "person.password_set",
    "post.edited",
    "post.removed",
]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: a person, or whoever has a shell on the machine (no id)."""

    id: int | None
    name: str

    @classmethod
    def of(cls, user: User) -> "Actor":
        return cls(user.id, user.username)


COMMAND_LINE = Actor(None, "the command line")


class AuditEntry(Document):
    """One act. Names are those of its time; addresses, passwords and texts are never part of it."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str
    action: Action
    subject_kind: Literal["person", "post"]
    subject_id: int
    subject_name: str
    detail: str = ""


def about_person(actor: Actor, action: Action, person: User, ids: IdMint, detail: str = "") -> AuditEntry:
    """An act on somebody's account; `person` as before it."""
    return entry(actor, action, "person", person.id, person.username, ids, detail)


def about_post(actor: Actor, action: Action, post: Post, ids: IdMint, detail: str = "") -> AuditEntry:
    """An act on somebody else's post; its name is its author's."""
    return entry(actor, action, "post", post.id, post.author.username, ids, detail)


def entry(
    actor: Actor,
    action: Action,
    kind: Literal["person", "post"],
    subject_id: int,
    subject_name: str,
    ids: IdMint,
    detail: str,
) -> AuditEntry:
    entry_id = ids.mint()
    return AuditEntry(
        id=entry_id,
        at=id_time(entry_id),
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        subject_kind=kind,
        subject_id=subject_id,
        subject_name=subject_name,
        detail=detail,
    )
