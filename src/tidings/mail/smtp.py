"""Letters by SMTP."""

import asyncio
from dataclasses import dataclass, field

from aiosmtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, send

from tidings.mail.mailer import Letter, MailError, RefusedError, message_of

__all__ = ["SmtpMailer"]

SECONDS = 10  # for each step of the conversation
ALL_SECONDS = 30  # for the whole of it: a server may be slow at every step


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Hands each letter to a server. With a password it insists on TLS; without, it takes STARTTLS where offered."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: bool = False

    async def send(self, letter: Letter) -> None:
        secure = self.tls or self.user is not None
        message = message_of(letter, self.sender)
        try:
            async with asyncio.timeout(ALL_SECONDS):
                await send(
                    message,
                    hostname=self.host,
                    port=self.port,
                    username=self.user,
                    password=self.password,
                    use_tls=self.tls,
                    start_tls=False if self.tls else (True if secure else None),
                    # Where clear text would do, a certificate that nobody signed is no reason not to encrypt.
                    validate_certs=secure,
                    timeout=SECONDS,
                )
        except (SMTPException, OSError, ValueError) as error:
            kind = RefusedError if is_final(error) else MailError
            raise kind(f"The mail server did not take the letter: {error}") from error


def is_final(error: Exception) -> bool:
    """Whether the server said that it will never take this letter, for its receiver or its content: a reply of 5xx
    is not to be repeated (RFC 5321, 4.2.1). What it says about us (sign-in, sender) may be set right meanwhile."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(refused.code >= 500 for refused in error.recipients)
    return isinstance(error, SMTPDataError) and error.code >= 500
