"""The letters that a site wrote into its mail folder, read as their receiver would."""

import asyncio
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from time import monotonic

__all__ = ["Letters"]

LINK = re.compile(r"https?://\S+")


class Letters:
    """A folder with one .eml per letter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self) -> list[EmailMessage]:
        """Every letter, oldest first. One that is still being written is left for the next look."""
        letters = []
        for path in sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
            letter = message_from_bytes(path.read_bytes(), policy=policy.default)
            assert isinstance(letter, EmailMessage)
            if letter["To"] and letter.get_body() is not None:
                letters.append(letter)
        return letters

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.all() if address.lower() in str(letter["To"]).lower()]

    async def newest_to(self, address: str, beyond: int = 0, timeout: float = 10) -> EmailMessage:
        """The newest letter to this address once there are more than `beyond` of them."""
        deadline = monotonic() + timeout
        while len(letters := self.to(address)) <= beyond:
            assert monotonic() < deadline, f"no letter to {address} within {timeout} s"
            await asyncio.sleep(0.02)
        return letters[-1]

    @staticmethod
    def text(letter: EmailMessage) -> str:
        body = letter.get_body(("plain",))
        assert body is not None, "a letter has a plain text part"
        return str(body.get_content())

    @classmethod
    def link(cls, letter: EmailMessage) -> str:
        """The first link in the letter's text."""
        found = LINK.search(cls.text(letter))
        assert found is not None, "the letter has a link"
        return found[0].rstrip(".>)")
