"""The parts of one application, each of which can be another: `create_app` joins them, views ask for them here."""

from dataclasses import dataclass
from typing import Protocol

from quart import current_app

from tidings.clock import Clock
from tidings.ids import IdMint
from tidings.live.hub import Hub
from tidings.live.relay import Relay
from tidings.mail import Mailer
from tidings.mail.letters import Letters
from tidings.mail.postman import Postman
from tidings.repositories.protocols import Storage
from tidings.settings import Settings

__all__ = ["EXTENSION", "Parts", "PasswordKeeper", "parts"]

EXTENSION = "tidings"


class PasswordKeeper(Protocol):
    """Judges, hashes and verifies passwords; `auth.passwords.Passwords` is ours."""

    def problem(self, password: str, username: str, email: str = "") -> str | None:
        """What keeps this from being that person's password, as a sentence; None where nothing does."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether they belong together. It takes as long for nobody (None) as for somebody."""

    def needs_rehash(self, password_hash: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What the views of one application work with."""

    settings: Settings
    storage: Storage
    mailer: Mailer
    postman: Postman
    letters: Letters
    passwords: PasswordKeeper
    clock: Clock
    ids: IdMint
    hub: Hub
    relay: Relay


def parts() -> Parts:
    """The parts of the application that is answering just now."""
    found: Parts = current_app.extensions[EXTENSION]
    return found
