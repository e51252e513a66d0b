"""Letters, and the mailers that carry them, chosen by URL."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from tidings.errors import SettingsError
from tidings.mail.mailer import Letter, Mailer, MailError, RefusedError

__all__ = ["Letter", "MailError", "Mailer", "RefusedError", "open_mailer"]

PORTS = {"smtp": 587, "smtps": 465}


def open_mailer(url: str, sender: str) -> Mailer:
    """The mailer that TIDINGS_MAIL_URL names; `sender` stands in every letter's From. SettingsError for a bad URL."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError("TIDINGS_MAIL_URL is no address: its host or its port cannot be read.") from error
    match parts.scheme:
        case "console":
            from tidings.mail.console import ConsoleMailer

            return ConsoleMailer(sender)
        case "file" if parts.path and not parts.netloc:
            from tidings.mail.file import FileMailer

            return FileMailer(Path(unquote(parts.path)), sender)
        case "smtp" | "smtps" if parts.hostname:
            from tidings.mail.smtp import SmtpMailer

            return SmtpMailer(
                host=parts.hostname,
                port=port or PORTS[parts.scheme],
                sender=sender,
                user=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                tls=parts.scheme == "smtps",
            )
    raise SettingsError(
        "TIDINGS_MAIL_URL must be console://, file:///folder, or smtp://user:password@host:587 (smtps:// for port 465)."
    )
