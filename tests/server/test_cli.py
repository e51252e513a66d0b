"""The `tidings` command as an operator uses it, on an embedded database of its own."""

import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import clean_environment
from tidings.cli.storing import with_storage
from tidings.repositories.protocols import Storage
from tidings.server.database import database_of
from tidings.settings import read_settings

PASSWORD = "correct horse battery"


class Shell:
    """Runs commands in one data folder, or wherever the settings say."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = {"TIDINGS_DATA_DIR": str(folder)}

    def run(self, *words: str, stdin: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tidings", *words],
            cwd=self.folder,
            env=clean_environment() | self.settings | settings,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    """Commands beside a server that runs, whose database they share."""
    with tempfile.TemporaryDirectory(prefix="tidings-") as name:
        settings = read_settings(_env_file=None, data_dir=Path(name))
        with database_of(settings, serving=True) as database:
            database.wait()
            yield Shell(Path(name))


def test_accounts_are_made_and_promoted(shell: Shell) -> None:
    made = shell.run("user", "create", "Grace", "grace@example.org", "--confirmed", "--password-stdin", stdin=PASSWORD)
    assert made.returncode == 0, made.stderr
    assert made.stdout == "Grace has an account now.\n"

    again = shell.run("user", "create", "grace", "other@example.org", "--password-stdin", stdin=PASSWORD)
    assert again.returncode == 1
    assert "username: This name is taken." in again.stderr
    assert "Traceback" not in again.stderr

    promoted = shell.run("user", "promote", "grace", "administrator")
    assert promoted.stdout == "Grace is administrator now.\n"


def test_nobody_is_lowered_by_a_promotion_that_names_no_role(shell: Shell) -> None:
    made = ("user", "create", "Mary", "mary@example.org", "--confirmed", "--role", "administrator")
    assert shell.run(*made, "--password-stdin", stdin=PASSWORD).returncode == 0
    refused = shell.run("user", "promote", "mary")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("Mary is administrator already.")
    made = ("user", "create", "Joan", "joan@example.org", "--confirmed", "--role", "administrator")
    assert shell.run(*made, "--password-stdin", stdin=PASSWORD).returncode == 0
    assert shell.run("user", "promote", "mary", "--role", "user").stdout == "Mary is user now.\n"
    assert shell.run("user", "promote", "mary").stdout == "Mary is moderator now.\n"
    assert shell.run("user", "promote", "mary").returncode == 1


@pytest.mark.parametrize("role", ["moderator", "administrator"])
def test_nobody_has_a_role_by_an_address_that_is_not_confirmed(shell: Shell, role: str) -> None:
    refused = shell.run("user", "create", "Eve", "eve@example.org", "--role", role, "--password-stdin", stdin=PASSWORD)
    assert refused.returncode == 1
    assert f"role: Nobody is {role} with an address that is not confirmed. Please add --confirmed." in refused.stderr
    assert "Nobody is called eve." in shell.run("user", "suspend", "eve").stderr


def test_somebody_is_found_by_the_name_of_before(shell: Shell) -> None:
    made = shell.run("user", "create", "Betty", "betty@example.org", "--confirmed", "--password-stdin", stdin=PASSWORD)
    assert (made.returncode, made.stderr) == (0, "")

    async def rename(storage: Storage) -> None:
        betty = await storage.users.by_username("betty")
        assert betty is not None
        renamed = betty.model_copy(update={"username": "Snyder", "username_key": "snyder"})
        assert await storage.users.set_account(betty, renamed)

    with_storage(read_settings(_env_file=None, data_dir=shell.folder), rename)
    for words, said in (
        (("suspend", "betty"), "Snyder is suspended now.\n"),
        (("restore", "BETTY"), "Snyder is back.\n"),
        (("promote", "betty"), "Snyder is moderator now.\n"),
    ):
        done = shell.run("user", *words)
        assert (done.stdout, done.stderr) == (said, "")


def test_accounts_are_suspended_restored_and_given_a_password(shell: Shell) -> None:
    for name in ("Hedy", "Radia"):
        shell.run("user", "create", name, f"{name}@example.org", "--confirmed", "--password-stdin", stdin=PASSWORD)
    assert shell.run("user", "promote", "hedy", "--role", "administrator").stdout == "Hedy is administrator now.\n"
    assert shell.run("user", "suspend", "RADIA").stdout == "Radia is suspended now.\n"
    assert shell.run("user", "restore", "radia").stdout == "Radia is back.\n"
    changed = shell.run("user", "password", "radia", "--password-stdin", stdin="another horse battery")
    assert changed.stdout == "Radia has another password now.\n"
    made_up = shell.run("user", "password", "radia")
    assert re.search(r"The password is \S{16}\n", made_up.stdout), made_up.stderr
    for words, said in (
        (("suspend", "nobody"), "Nobody is called nobody."),
        (("password", "radia", "--password-stdin"), "password: A password needs at least 8 characters."),
    ):
        refused = shell.run("user", *words, stdin="short")
        assert refused.returncode == 1
        assert said in refused.stderr


def test_the_shell_cannot_take_the_last_administrator_away() -> None:
    with tempfile.TemporaryDirectory(prefix="tidings-") as name:
        shell = Shell(Path(name))
        made = ("user", "create", "Ida", "ida@example.org", "--confirmed", "--role", "administrator")
        assert shell.run(*made, "--password-stdin", stdin=PASSWORD).returncode == 0
        for words in (("suspend", "ida"), ("promote", "ida", "user")):
            refused = shell.run("user", *words)
            assert refused.returncode == 1
            assert refused.stderr == "This is the only administrator. Please make somebody else one first.\n"
        assert shell.run("user", "promote", "ida", "administrator").stderr == ""


def test_what_is_logged_on_the_way_is_not_said() -> None:
    script = (
        "import logging, tidings.cli as cli\n"
        "cli.tidings = lambda **names: logging.getLogger('tidings.x').warning('slow query')\n"
        "cli.main()\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_password_is_made_up_and_told_where_none_is_given(shell: Shell) -> None:
    made = shell.run("user", "create", "Annie", "annie@example.org")
    assert re.search(r"The password is \S{16}\n", made.stdout), made.stderr
    refused = shell.run("user", "promote", "Annie")
    assert refused.returncode == 1
    assert "has not confirmed" in refused.stderr


@pytest.mark.parametrize(
    ("name", "email", "password", "said"),
    [
        ("admin", "a@example.org", PASSWORD, "username:"),
        ("fine", "not an address", PASSWORD, "email:"),
        ("fine", "a@example.org", "short", "password:"),
    ],
)
def test_an_account_that_cannot_be_made_says_why(shell: Shell, name: str, email: str, password: str, said: str) -> None:
    refused = shell.run("user", "create", name, email, "--password-stdin", stdin=password)
    assert refused.returncode == 1
    assert said in refused.stderr


def test_the_demo_is_written_once(shell: Shell) -> None:
    first = shell.run("demo")
    assert first.returncode == 0, first.stderr
    assert re.fullmatch(r"Added 25 posts\.\nSign in as ada with the password \S+\n", first.stdout)
    second = shell.run("demo")
    assert second.stdout.startswith("The demo is there already; nothing was added.")
    assert second.stdout.splitlines()[1] == first.stdout.splitlines()[1]
    assert stat.S_IMODE((shell.folder / "demo_password").stat().st_mode) == 0o600


def test_indexes_are_checked_and_made_without_a_server() -> None:
    with tempfile.TemporaryDirectory(prefix="tidings-") as name:
        shell = Shell(Path(name))
        before = shell.run("db", "check")
        assert before.returncode == 1
        assert "users.username_key" in before.stderr
        assert "tidings db upgrade" in before.stderr
        assert shell.run("db", "upgrade").returncode == 0
        assert shell.run("db", "check").returncode == 0


def test_the_doctor_lists_every_setting_and_no_secret(shell: Shell) -> None:
    seen = shell.run(
        "doctor", TIDINGS_SECRET_KEY="a very long secret indeed", TIDINGS_MAIL_URL="smtp://me:hush@127.0.0.1:1"
    )
    for name in ("DATABASE_URL", "DATA_DIR", "SECRET_KEY", "MAIL_URL", "LOG_FORMAT"):
        assert f"TIDINGS_{name} = " in seen.stdout
    assert "very long secret" not in seen.stdout
    assert "hush" not in seen.stdout
    assert seen.returncode == 1, "the mail server does not answer"
    assert re.search(r"WRONG +mail: The mail server 127\.0\.0\.1:1 does not answer", seen.stdout)
    assert re.search(r"well +database: answers", seen.stdout)


def test_the_doctor_finds_nothing_wrong_where_nothing_is(shell: Shell) -> None:
    seen = shell.run("doctor")
    assert seen.returncode == 0, seen.stdout
    assert "WRONG" not in seen.stdout


def test_a_wrong_setting_is_named(shell: Shell) -> None:
    refused = shell.run("serve", TIDINGS_DATABASE_URL="postgres://x")
    assert refused.returncode == 1
    assert "TIDINGS_DATABASE_URL" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("words", "settings", "said"),
    [
        (("serve", "--demo", "--host", "0.0.0.0"), {}, "127.0.0.1 only"),
        (("serve", "--demo"), {"TIDINGS_BASE_URL": "https://example.org"}, "https base URL"),
        (("demo",), {"TIDINGS_BASE_URL": "https://example.org"}, "https base URL"),
        (("demo",), {"TIDINGS_DATABASE_URL": "memory://"}, "memory://"),
        (("serve", "--workers", "2"), {"TIDINGS_DATABASE_URL": "memory://"}, "--workers 1"),
        (("serve", "--host", "192.0.2.1"), {"TIDINGS_DATABASE_URL": "memory://"}, "no address of this machine"),
    ],
)
def test_what_would_be_unwise_is_refused(
    shell: Shell, words: tuple[str, ...], settings: dict[str, str], said: str
) -> None:
    refused = shell.run(*words, **settings)
    assert refused.returncode == 1
    assert said in refused.stderr
