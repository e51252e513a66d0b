"""A letter, and what carries one."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Protocol

__all__ = ["Letter", "MailError", "Mailer", "message_of"]


class MailError(Exception):
    """The letter could not be handed over; trying again later may help."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one address, as text and as HTML."""

    to: str
    subject: str
    text: str
    html: str


class Mailer(Protocol):
    async def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises MailError where that fails."""


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """The letter as a message. MailError where an address or the subject would break out of its header line."""
    message = EmailMessage()
    try:
        message["From"] = sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
    except ValueError as error:
        raise MailError("The letter's address or subject cannot stand in a header.") from error
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].rstrip(">") or "localhost")
    # Machines that answer letters leave this one alone (RFC 3834, 5).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message
