"""Letters on the terminal, for trying things out."""

import sys

from tidings.mail.mailer import Letter, MailError, message_of

__all__ = ["ConsoleMailer"]


class ConsoleMailer:
    """Prints the text of each letter to standard output, links unbroken."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    async def send(self, letter: Letter) -> None:
        message = message_of(letter, self._sender)
        rule = "-" * 72
        try:
            print(
                f"{rule}\nTo: {message['To']}\nSubject: {message['Subject']}\n\n{letter.text.strip()}\n{rule}",
                file=sys.stdout,
                flush=True,
            )
        except (OSError, ValueError) as error:  # a closed pipe, a terminal that knows no UTF-8
            raise MailError(f"The letter could not be printed: {error}") from error
