"""Letters as files in a folder, one .eml each, for tests and for looking at them in a mail program."""

import asyncio
import os
import secrets
from pathlib import Path
from time import time_ns

from tidings.errors import SettingsError
from tidings.mail.mailer import Letter, MailError, message_of

__all__ = ["FileMailer"]


class FileMailer:
    """Writes each letter whole or not at all; the names sort by time. SettingsError where the folder cannot be."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender
        try:
            # Letters carry links that confirm and reset: they are for the owner's eyes.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"The folder of TIDINGS_MAIL_URL, {folder}, cannot be made: {error.strerror}."
            ) from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise SettingsError(f"The folder of TIDINGS_MAIL_URL, {folder}, cannot be written to.")

    async def send(self, letter: Letter) -> None:
        content = message_of(letter, self._sender).as_bytes()
        try:
            await asyncio.to_thread(self._write, content)
        except OSError as error:
            raise MailError(f"The letter could not be written: {error}") from error

    def _write(self, content: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{time_ns()}-{secrets.token_hex(4)}"
        draft = self._folder / f".{name}.part"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        os.replace(draft, self._folder / f"{name}.eml")
