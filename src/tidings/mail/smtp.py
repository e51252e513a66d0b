"""Letters by SMTP."""

from dataclasses import dataclass

from aiosmtplib import SMTPException, send

from tidings.mail.mailer import Letter, MailError, message_of

__all__ = ["SmtpMailer"]

SECONDS = 10


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Hands each letter to a server. With a password it insists on TLS; without, it takes STARTTLS where offered."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    tls: bool = False

    async def send(self, letter: Letter) -> None:
        try:
            await send(
                message_of(letter, self.sender),
                hostname=self.host,
                port=self.port,
                username=self.user,
                password=self.password,
                use_tls=self.tls,
                start_tls=None if self.tls or self.user is None else True,
                timeout=SECONDS,
            )
        except (SMTPException, OSError, ValueError) as error:
            raise MailError(f"The mail server did not take the letter: {error}") from error
