"""Letters reach the terminal, a folder or a mail server, and nothing slips into their headers."""

import asyncio
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from tidings.errors import SettingsError
from tidings.mail import Letter, MailError, open_mailer
from tidings.mail import smtp as smtp_module
from tidings.mail.letters import Letters

TEMPLATES = Path(__file__).parents[2] / "templates"
SENDER = "Tidings <tidings@example.org>"
LINK = "https://example.org/confirm/" + "x" * 90
LETTER = Letter(
    to="ada@example.org",
    subject="[Tidings] Please confirm",
    text=f"Hello\n\n{LINK}\n",
    html=f'<p>Hello <a href="{LINK}">there</a></p>',
)


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


async def test_the_terminal_shows_the_letter_with_its_link_whole(capsys: pytest.CaptureFixture[str]) -> None:
    await open_mailer("console://", SENDER).send(LETTER)
    lines = capsys.readouterr().out.splitlines()
    assert "To: ada@example.org" in lines
    assert "Subject: [Tidings] Please confirm" in lines
    assert LINK in lines


async def test_a_folder_gets_one_file_for_each_letter(tmp_path: Path) -> None:
    mailer = open_mailer(f"file://{tmp_path}/deep/mail%20box", SENDER)
    for n in range(5):
        await mailer.send(replace(LETTER, subject=f"letter {n}"))
    paths = files(tmp_path / "deep" / "mail box")
    messages = [read(path.read_bytes()) for path in paths]
    assert [message["Subject"] for message in messages] == [f"letter {n}" for n in range(5)]
    assert all(path.suffix == ".eml" for path in paths)
    assert messages[0]["To"] == "ada@example.org"
    assert messages[0]["From"] == SENDER
    assert messages[0]["Auto-Submitted"] == "auto-generated"
    assert LINK in part(messages[0], "plain")
    assert LINK in part(messages[0], "html")
    assert LINK.encode() in paths[0].read_bytes()
    assert not messages[0].defects


async def test_letters_in_a_folder_are_for_its_owner_alone(tmp_path: Path) -> None:
    await open_mailer(f"file://{tmp_path}/mail", SENDER).send(LETTER)
    (path,) = files(tmp_path / "mail")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "mail").stat().st_mode) == 0o700


async def test_a_letter_in_any_language_arrives(tmp_path: Path) -> None:
    letter = Letter("ada@example.org", "[Zeitung – Öl] naïve 🎉", "Grüße 🎉 " + "ö" * 200, "<p>Grüße</p>")
    await open_mailer(f"file://{tmp_path}", "Zeitung, täglich (Öl) <tidings@example.org>").send(letter)
    (path,) = files(tmp_path)
    message = read(path.read_bytes())
    assert message["Subject"] == letter.subject
    assert part(message, "plain").strip() == letter.text
    (sender,) = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Zeitung, täglich (Öl)", "tidings@example.org")


def test_a_folder_that_cannot_be_made_is_said_before_anybody_waits_for_a_letter(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("a file")
    with pytest.raises(SettingsError, match="TIDINGS_MAIL_URL"):
        open_mailer(f"file://{tmp_path}/mail", SENDER)


async def test_a_folder_that_is_lost_meanwhile_is_a_failure_with_a_sentence(tmp_path: Path) -> None:
    mailer = open_mailer(f"file://{tmp_path}/mail", SENDER)
    (tmp_path / "mail").rmdir()
    (tmp_path / "mail").write_text("a file")
    with pytest.raises(MailError, match="could not be written"):
        await mailer.send(LETTER)


ADDRESSES = [
    "ada@example.org\r\nBcc: eve@example.org",
    "ada@example.org\nBcc: eve@example.org",
    "ada@example.org\x0bBcc: eve@example.org",
    "ada@example.org, eve@example.org",
    "ada@example.org; eve@example.org",
    "ada@example.org eve@example.org",
    "Ada <ada@example.org>",
    "ada@example.org>, <eve@example.org",
    '"ada\n"@example.org',
    "ada",
    "@example.org",
    "",
    "ada@@example.org",
    "ada\ud800@example.org\n",
]


@pytest.mark.parametrize("url", ["console://", "file://", "smtp://127.0.0.1:1"])
@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_address_cannot_bring_headers_or_receivers(address: str, url: str, tmp_path: Path) -> None:
    mailer = open_mailer(f"{url}{tmp_path}" if url == "file://" else url, SENDER)
    with pytest.raises(MailError, match="header"):
        await mailer.send(replace(LETTER, to=address))
    assert files(tmp_path) == []


@pytest.mark.parametrize("subject", ["a\r\nBcc: eve@example.org", "a\nb", "a\rb"])
async def test_a_subject_cannot_bring_headers(subject: str, tmp_path: Path) -> None:
    with pytest.raises(MailError, match="header"):
        await open_mailer(f"file://{tmp_path}", SENDER).send(replace(LETTER, subject=subject))


@pytest.mark.parametrize(
    "address", ["a..b@example.org", "a+b@example.org", "o'neil@example.org", "a@localhost", "{x}@b.c"]
)
async def test_addresses_that_browsers_accept_are_written_to_as_they_are(address: str, tmp_path: Path) -> None:
    await open_mailer(f"file://{tmp_path}", SENDER).send(replace(LETTER, to=address))
    (path,) = files(tmp_path)
    assert f"To: {address}".encode() in path.read_bytes()


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail",
        "pop://host",
        "file://mail/box",
        "file://",
        "smtp://",
        "smtp://host:port",
        "smtp://host:99999",
        "smtp://[x/",
    ],
)
def test_an_unusable_url_is_refused_at_start(url: str) -> None:
    with pytest.raises(SettingsError, match="TIDINGS_MAIL_URL"):
        open_mailer(url, SENDER)


# --- by SMTP, to a small real server ---------------------------------------------------------------------------------


class Inbox:
    """What a server's handler got: from whom, to whom, what."""

    def __init__(self) -> None:
        self.received: list[tuple[str | None, list[str], EmailMessage]] = []

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802 - its name
        assert isinstance(envelope.content, bytes)
        self.received.append((envelope.mail_from, envelope.rcpt_tos, read(envelope.content)))
        return "250 OK"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox, unused_tcp_port: int) -> Iterator[Controller]:
    controller = Controller(inbox, hostname="127.0.0.1", port=unused_tcp_port)
    controller.start()
    yield controller
    controller.stop()


async def test_a_mail_server_gets_the_letter(server: Controller, inbox: Inbox) -> None:
    await open_mailer(f"smtp://127.0.0.1:{server.port}", SENDER).send(LETTER)
    ((origin, receivers, message),) = inbox.received
    assert origin == "tidings@example.org"
    assert receivers == ["ada@example.org"]
    assert message["Subject"] == LETTER.subject
    assert LINK in part(message, "plain")
    assert LINK in part(message, "html")


async def test_a_password_is_never_sent_in_clear_text(inbox: Inbox, unused_tcp_port: int) -> None:
    asked: list[object] = []

    def authenticate(*arguments: object) -> AuthResult:
        asked.append(arguments)
        return AuthResult(success=True)

    controller = Controller(
        inbox, hostname="127.0.0.1", port=unused_tcp_port, authenticator=authenticate, auth_require_tls=False
    )
    controller.start()
    try:
        with pytest.raises(MailError, match="mail server"):
            await open_mailer(f"smtp://us%40er:p%3Aw@127.0.0.1:{unused_tcp_port}", SENDER).send(LETTER)
    finally:
        controller.stop()
    assert asked == []
    assert inbox.received == []


def test_user_and_password_are_read_from_the_url() -> None:
    mailer = open_mailer("smtp://us%40er:p%3Aw@mail.example.org", SENDER)
    assert isinstance(mailer, smtp_module.SmtpMailer)
    assert (mailer.user, mailer.password, mailer.port, mailer.tls) == ("us@er", "p:w", 587, False)
    assert "p:w" not in repr(mailer)
    mailer = open_mailer("smtps://mail.example.org", SENDER)
    assert isinstance(mailer, smtp_module.SmtpMailer)
    assert (mailer.port, mailer.tls) == (465, True)


async def test_a_dead_mail_server_is_a_failure_with_a_sentence(unused_tcp_port: int) -> None:
    with pytest.raises(MailError, match="mail server"):
        await open_mailer(f"smtp://127.0.0.1:{unused_tcp_port}", SENDER).send(LETTER)


async def test_a_mail_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp_module, "SECONDS", 0.2)
    gone = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    try:
        with pytest.raises(MailError, match="mail server"):
            await open_mailer(f"smtp://127.0.0.1:{port}", SENDER).send(LETTER)
    finally:
        gone.set()
        listener.close()


# --- composing -------------------------------------------------------------------------------------------------------


@pytest.fixture
def letters() -> Letters:
    return Letters(TEMPLATES, "Ada & Sons")


VALUES = {"username": "ada", "url": "https://example.org/confirm/abc", "url_login": "https://example.org/login"}


@pytest.mark.parametrize("name", ["confirm", "already_registered"])
def test_a_letter_is_composed_of_subject_text_and_html(letters: Letters, name: str) -> None:
    letter = letters.compose(name, "ada@example.org", **VALUES)
    link = VALUES["url" if name == "confirm" else "url_login"]
    assert letter.to == "ada@example.org"
    assert letter.subject.startswith("[Ada & Sons] ")
    assert "\n" not in letter.subject
    assert link in letter.text.splitlines()
    assert "Ada & Sons" in letter.text
    assert f'href="{link}"' in letter.html
    assert "Ada &amp; Sons" in letter.html


def test_a_confirmation_says_how_long_its_link_is_good(letters: Letters) -> None:
    letter = letters.compose("confirm", "ada@example.org", **VALUES)
    for body in (letter.text, letter.html):
        assert "one hour" in body
        assert "ignore" in body


def test_what_stands_in_html_is_escaped(letters: Letters) -> None:
    letter = letters.compose("confirm", "ada@example.org", username="<script>", url='https://x/"onclick=1')
    assert "<script>" not in letter.html
    assert '"onclick' not in letter.html


def test_a_value_that_is_missing_is_an_error_and_no_letter(letters: Letters) -> None:
    with pytest.raises(Exception, match="url"):
        letters.compose("confirm", "ada@example.org", username="ada")


def test_every_letter_has_all_three_parts() -> None:
    names = sorted(os.listdir(TEMPLATES / "mail"))
    letters = {name.split(".")[0] for name in names}
    assert names == sorted(f"{letter}.{ending}" for letter in letters for ending in ("html", "subject.txt", "txt"))
