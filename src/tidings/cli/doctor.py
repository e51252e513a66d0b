"""What `tidings doctor` looks at: settings, database, mail, disk, limits; each finding says what to do."""

import resource
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tidings.errors import SettingsError, TidingsError
from tidings.mail import open_mailer
from tidings.repositories.mongo.upkeep import is_replica_set, missing_indexes
from tidings.server.data_dir import prepare_folder
from tidings.server.database import database_of
from tidings.server.mongod_binary import explain, find_binary
from tidings.settings import Settings

__all__ = ["Finding", "examine", "listing"]

ROOM = 1024**3
FILES = 4096
SECONDS = 5.0
SMTP_PORTS = {"smtp": 587, "smtps": 465, "smtp+tls": 465}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is well, and a sentence."""

    subject: str
    well: bool
    sentence: str


def listing(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Every setting: its variable, its value (secrets and passwords masked), and what it is."""
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        shown = "unset" if value is None else str(value)
        if name == "secret_key" and value is not None:
            shown = "(set)"
        elif name.endswith("_url"):
            shown = _without_password(shown)
        yield f"TIDINGS_{name.upper()}", shown, field.description or ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at one thing after the other."""
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("settings", _settings),
        ("disk", _disk),
        ("mongod", _mongod),
        ("database", _database),
        ("mail", _mail),
        ("open files", _files),
    )
    for subject, check in checks:
        try:
            sentence = check(settings)
        except TidingsError as error:
            yield Finding(subject, False, error.sentence)
        else:
            yield Finding(subject, True, sentence)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":…@")).geturl() if parts.password else url


def _settings(settings: Settings) -> str:
    settings.check()
    if settings.production and settings.mail_url.startswith("console:"):
        raise SettingsError("Letters only go to the log: set TIDINGS_MAIL_URL to smtp://user:password@host:587.")
    return "in production" if settings.production else "in development (TIDINGS_BASE_URL is not https)"


def _disk(settings: Settings) -> str:
    folder = prepare_folder(settings.data_dir)
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        raise SettingsError(f"{free // 2**20} MB are left for {folder}: make room, or move TIDINGS_DATA_DIR.")
    return f"{free / 2**30:.1f} GB free for {folder}"


def _mongod(settings: Settings) -> str:
    if settings.database_url is not None:
        return "not needed, TIDINGS_DATABASE_URL names a database"
    binary = find_binary()
    try:
        answer = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SettingsError(f"{binary} cannot be run: {error}. Another can be put first on PATH.") from error
    if answer.returncode:
        output = answer.stderr + answer.stdout
        raise SettingsError(explain(answer.returncode, output, Path("/nowhere"), settings.data_dir / "mongo"))
    return f"{answer.stdout.splitlines()[0]} ({binary})"


def _database(settings: Settings) -> str:
    if settings.in_memory:
        return "memory://: nothing is kept when the server ends"

    with database_of(settings) as database:
        url = database.settings.database_url or ""
        missing = missing_indexes(url)
        if not is_replica_set(url):
            raise SettingsError(
                "The database is a single mongod, which tells nobody what was written. "
                "Start it with --replSet and run rs.initiate() once."
            )
    # A site that was never started has none; it makes them when it starts.
    return f"answers; {len(missing)} indexes are made at the next start" if missing else "answers, every index is there"


def _mail(settings: Settings) -> str:
    parts = urlsplit(settings.mail_url)
    if parts.scheme == "console":
        return "letters go to the log (console://)"
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        open_mailer(settings.mail_url, "doctor@localhost")  # makes the folder, or says what is in the way
        return f"letters are put into {folder}"
    if parts.scheme not in SMTP_PORTS:
        raise SettingsError("TIDINGS_MAIL_URL must be console://, file:///folder or smtp://user:password@host:587.")
    host, port = parts.hostname or "", parts.port or SMTP_PORTS[parts.scheme]
    try:
        with socket.create_connection((host, port), timeout=SECONDS) as connection:
            # Under TLS from the first byte the client speaks first, so there is no greeting to wait for.
            if parts.scheme == "smtp" and not connection.recv(512).startswith(b"220"):
                raise SettingsError(f"What answers at {host}:{port} is no mail server. Check TIDINGS_MAIL_URL.")
    except OSError as error:
        raise SettingsError(
            f"The mail server {host}:{port} does not answer ({error}). Check TIDINGS_MAIL_URL."
        ) from error
    return f"{host}:{port} answers"


def _files(settings: Settings) -> str:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < FILES:
        raise SettingsError(f"Only {hard} files may be open, one per connection: raise it (ulimit -Hn, LimitNOFILE=).")
    return "no limit" if hard == resource.RLIM_INFINITY else f"up to {hard}"
