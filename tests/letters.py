"""The letters that a site wrote into its mail folder, read as their receiver would."""

import asyncio
import os
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from time import monotonic

__all__ = ["Letters"]

LINK = re.compile(r"https?://\S+")
RECEIVERS = re.compile(rb"^To:((?:.*\r?\n[ \t])*.*)\r?\n(?:.*\r?\n)*?\r?\n.", re.MULTILINE | re.IGNORECASE)
ADDRESS = re.compile(r"[^\s<>,]+@[^\s<>,]+")


class Letters:
    """A folder with one .eml per letter."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: dict[str, Path] = {}
        self._by_address: dict[str, list[Path]] = {}

    def all(self) -> list[EmailMessage]:
        """Every letter, oldest first."""
        self._look()
        return [self._read(path) for path in sorted(self._seen.values(), key=lambda path: path.stat().st_mtime_ns)]

    def to(self, address: str) -> list[EmailMessage]:
        """Every letter to this address, oldest first."""
        self._look()
        return [self._read(path) for path in self._by_address.get(address.lower(), [])]

    def _look(self) -> None:
        """Note what is new. The folder may hold hundreds, so each is looked into once; a half-written one waits."""
        new = [
            entry for entry in os.scandir(self.folder) if entry.name.endswith(".eml") and entry.name not in self._seen
        ]
        for entry in sorted(new, key=lambda entry: entry.stat().st_mtime_ns):
            receivers = RECEIVERS.search(Path(entry.path).read_bytes())
            if receivers is None:
                continue
            self._seen[entry.name] = Path(entry.path)
            for address in ADDRESS.findall(receivers[1].decode().lower()):
                self._by_address.setdefault(address, []).append(Path(entry.path))

    @staticmethod
    def _read(path: Path) -> EmailMessage:
        letter = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(letter, EmailMessage)
        return letter

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
