"""A letter, and what carries one."""

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Protocol

__all__ = ["Letter", "MailError", "Mailer", "RefusedError", "message_of"]

_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\\\"\x00-\x1f\x7f]+@[^\s@,;<>()\\\"\x00-\x1f\x7f]+")


class MailError(Exception):
    """The letter could not be handed over; trying again later may help."""


class RefusedError(MailError):
    """This letter will never be taken: trying again does not help."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one address, as text and as HTML. `id`, where given, makes it known when it comes twice."""

    to: str
    subject: str
    text: str
    html: str
    id: str = ""


class Mailer(Protocol):
    async def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises MailError where that fails, RefusedError where it always will."""


def message_of(letter: Letter, sender: str) -> EmailMessage:
    """The letter as a message from `sender` ("Name <address>"). RefusedError where a header is no line or address."""
    message = EmailMessage(policy=SMTP)
    name, _, address = sender.rpartition(" <")
    try:
        message["From"] = _mailbox(address.removesuffix(">"), name)
        message["To"] = _mailbox(letter.to)
        message["Subject"] = letter.subject
    except (ValueError, MessageError) as error:
        raise RefusedError("The letter's address or subject cannot stand in a header.") from error
    message["Date"] = formatdate()
    domain = sender.rpartition("@")[2].rstrip(">") or "localhost"
    message["Message-ID"] = f"<{letter.id}@{domain}>" if letter.id else make_msgid(domain=domain)
    # Machines that answer letters leave this one alone (RFC 3834, 5).
    message["Auto-Submitted"] = "auto-generated"
    # As it is, never quoted-printable: who reads the source of a letter finds every link whole.
    message.set_content(letter.text, cte="7bit" if letter.text.isascii() else "8bit")
    message.add_alternative(letter.html, subtype="html", cte="7bit" if letter.html.isascii() else "8bit")
    return message


def _mailbox(address: str, name: str = "") -> Address:
    """Exactly one address: "a@x, b@x" would be two receivers. Raises ValueError."""
    if _ADDRESS.fullmatch(address) is None:
        raise ValueError(f"{address!r} is not one address")
    username, _, domain = address.partition("@")
    # In parts, since in one piece the library refuses a..b@x, which browsers and mail servers accept.
    return Address(name, username, domain)
