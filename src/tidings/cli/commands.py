"""The commands and their options; what each does is imported only when it runs."""

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

import tidings as package

if TYPE_CHECKING:
    from tidings.repositories.protocols import Storage

__all__ = ["tidings"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package.__version__, prog_name="tidings")
def tidings() -> None:
    """A social blog that you host yourself and that is live."""


@tidings.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [default: 8000]")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer.  [default: 1]")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Settings of the server.  [default: hypercorn.toml, if there is one here]",
)
@click.option("--demo", is_flag=True, help="With people, posts and a sign-in to look around; on loopback only.")
def serve(host: str | None, port: int | None, workers: int | None, config: Path | None, demo: bool) -> None:
    """Serve the site, with a database of its own unless TIDINGS_DATABASE_URL names one."""
    from tidings.server.logs import set_up_logging
    from tidings.server.serving import serve
    from tidings.settings import read_settings

    settings = read_settings()
    set_up_logging(settings.log_format, settings.log_level)
    serve(settings, host=host, port=port, workers=workers, config=config, demo=demo)


@tidings.command()
def demo() -> None:
    """People, posts and follows to look at; running it twice adds nothing."""
    from tidings.auth.passwords import Passwords
    from tidings.cli.storing import with_storage
    from tidings.demo import fill
    from tidings.errors import SettingsError
    from tidings.server.serving import demo_password
    from tidings.settings import read_settings

    settings = read_settings()
    if settings.production:
        raise SettingsError("The demo's password is shown to everybody: it is not for a site with an https base URL.")
    password = demo_password(settings)

    async def work(storage: "Storage") -> int:
        return await fill(storage, Passwords(), password)

    added = with_storage(settings, work)
    click.echo(f"Added {added} posts." if added else "The demo is there already; nothing was added.")
    click.echo(f"Sign in as ada with the password {password}")


@tidings.group()
def user() -> None:
    """Accounts."""


ROLES = click.Choice(["user", "moderator", "administrator"])


@user.command()
@click.argument("name")
@click.argument("email")
@click.option("--role", type=ROLES, default="user", show_default=True)
@click.option("--confirmed", is_flag=True, help="The address needs no letter: it is known to be theirs.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(name: str, email: str, role: str, confirmed: bool, password_stdin: bool) -> None:
    """Make an account. Without a terminal and --password-stdin a password is made up and printed."""
    from tidings.cli import accounts
    from tidings.cli.storing import with_storage
    from tidings.documents.user import Role
    from tidings.settings import read_settings

    settings = read_settings()
    password, made_up = wanted_password(password_stdin)
    accounts.check(name, email, password, Role(role), confirmed)

    async def work(storage: "Storage") -> None:
        await accounts.create(storage, name, email, password, Role(role), confirmed)

    with_storage(settings, work)
    click.echo(f"{name} has an account now." + (f" The password is {password}" if made_up else ""))


def wanted_password(from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made up here."""
    if from_stdin:
        return sys.stdin.read().removesuffix("\n").removesuffix("\r"), False
    typed = ""
    if sys.stdin.isatty():
        typed = click.prompt("Password (empty: make one up)", default="", hide_input=True, show_default=False)
    return (typed, False) if typed else (secrets.token_urlsafe(12), True)


@user.command()
@click.argument("name")
@click.argument("role", metavar="[ROLE]", type=ROLES, required=False)
@click.option("--role", "chosen", type=ROLES, help="The same as an option.")
def promote(name: str, role: str | None, chosen: str | None) -> None:
    """Give somebody whose address is confirmed another role; without ROLE a user becomes moderator."""
    wanted = chosen or role
    from tidings.cli import accounts
    from tidings.cli.storing import with_storage
    from tidings.documents.user import Role
    from tidings.settings import read_settings

    async def work(storage: "Storage") -> str:
        user = await accounts.promote(storage, name, Role(wanted) if wanted else None)
        return f"{user.username} is {user.role.value} now."

    click.echo(with_storage(read_settings(), work))


@user.command()
@click.argument("name")
def suspend(name: str) -> None:
    """Sign somebody out everywhere and show nothing they wrote, until they are restored."""
    from tidings.cli import accounts
    from tidings.cli.storing import with_storage
    from tidings.settings import read_settings

    async def work(storage: "Storage") -> str:
        return (await accounts.suspend(storage, name)).username

    click.echo(f"{with_storage(read_settings(), work)} is suspended now.")


@user.command()
@click.argument("name")
def restore(name: str) -> None:
    """Let somebody who was suspended back in, with everything they wrote."""
    from tidings.cli import accounts
    from tidings.cli.storing import with_storage
    from tidings.settings import read_settings

    async def work(storage: "Storage") -> str:
        return (await accounts.restore(storage, name)).username

    click.echo(f"{with_storage(read_settings(), work)} is back.")


@user.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def password(name: str, password_stdin: bool) -> None:
    """Give somebody another password and sign them out everywhere. Without a terminal it is made up and printed."""
    from tidings.cli import accounts
    from tidings.cli.storing import with_storage
    from tidings.settings import read_settings

    new, made_up = wanted_password(password_stdin)

    async def work(storage: "Storage") -> str:
        return (await accounts.set_password(storage, name, new)).username

    username = with_storage(read_settings(), work)
    click.echo(f"{username} has another password now." + (f" The password is {new}" if made_up else ""))


@tidings.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Make the indexes that are missing; running it twice changes nothing."""
    from tidings.cli.storing import with_storage
    from tidings.settings import read_settings

    async def work(storage: "Storage") -> None:
        await storage.ping()

    with_storage(read_settings(), work)  # opening makes them
    click.echo("Every index is there.")


@db.command()
def check() -> None:
    """Say which indexes are missing, changing nothing; status 1 if any is."""
    from tidings.errors import SettingsError
    from tidings.repositories.mongo.upkeep import missing_indexes
    from tidings.server.database import database_of
    from tidings.settings import read_settings

    settings = read_settings()
    if (settings.database_url or "").startswith("memory:"):
        raise SettingsError("memory:// keeps nothing, so there is nothing to check.")
    with database_of(settings) as database:
        missing = missing_indexes(database.settings.database_url or "")
    if missing:
        raise SettingsError(f"Missing: {', '.join(missing)}. Make them with: tidings db upgrade")
    click.echo("Every index is there.")


@tidings.command()
def doctor() -> None:
    """What is set, what is wrong, and what to do about it; status 1 if anything is wrong."""
    from tidings.cli.doctor import examine, listing
    from tidings.settings import read_settings

    settings = read_settings()
    click.echo("Settings")
    for name, value, description in listing(settings):
        click.echo(f"  {name} = {value}\n      {description}")
    click.echo("\nWhat was looked at")
    wrong = 0
    for finding in examine(settings):
        click.echo(f"  {'well ' if finding.well else 'WRONG'}  {finding.subject}: {finding.sentence}")
        wrong += not finding.well
    if wrong:
        raise SystemExit(1)
