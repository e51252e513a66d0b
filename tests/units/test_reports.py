"""Errors reach the administrator by letter: few letters, never about themselves, never in the way."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any

import pytest

from tests.letters import Letters as MailFolder
from tests.waiting import until
from tidings.app import create_app
from tidings.auth.passwords import CHEAP, Passwords
from tidings.clock import SystemClock
from tidings.errors import UnavailableError
from tidings.mail import Letter
from tidings.mail import reports as reports_module
from tidings.mail.letters import Letters
from tidings.mail.reports import ErrorReports
from tidings.repositories.protocols import Storage
from tidings.settings import read_settings

TEMPLATES = Path(__file__).parents[2] / "templates"
ADMIN = "admin@example.org"


@pytest.fixture
def engine() -> str:
    return "memory"


class Sent:
    """A postman that only keeps what is posted."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.failure: Exception | None = None

    async def post(self, letter: Letter) -> None:
        if self.failure is not None:
            raise self.failure
        self.letters.append(letter)


@pytest.fixture
def sent() -> Sent:
    return Sent()


@pytest.fixture
async def log(storage: Storage, sent: Sent) -> AsyncIterator[logging.Logger]:
    """A logger whose errors are reported."""
    postman: Any = sent
    reports = ErrorReports(ADMIN, Letters(TEMPLATES, "Tidings"), postman, storage.throttles, SystemClock())
    logger = logging.getLogger("tidings")
    reports.start()
    logger.addHandler(reports)
    yield logger
    logger.removeHandler(reports)
    await reports.stop()


async def test_an_error_is_a_letter_with_its_trace(log: logging.Logger, sent: Sent):
    try:
        raise ValueError("<the reason>")
    except ValueError:
        log.exception("It failed.")
    await until(lambda: len(sent.letters) == 1)
    (letter,) = sent.letters
    assert letter.to == ADMIN
    assert letter.subject.startswith("[Tidings] An error")
    for word in ("It failed.", "Traceback", "ValueError: <the reason>"):
        assert word in letter.text
    assert "<the reason>" not in letter.html
    assert "&lt;the reason&gt;" in letter.html


async def test_what_is_no_error_is_no_letter(log: logging.Logger, sent: Sent):
    log.warning("Only a warning.")
    log.error("An error.")
    await until(lambda: len(sent.letters) == 1)
    assert "Only a warning." not in sent.letters[0].text


async def test_many_errors_of_one_kind_are_one_letter_a_minute(
    log: logging.Logger, sent: Sent, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reports_module, "EVERY_SECONDS", 1)
    log.error("The first.")
    await until(lambda: len(sent.letters) == 1)
    begun = monotonic()
    for number in range(500):
        log.error("Error number %d.", number)
    await until(lambda: len(sent.letters) == 2)
    assert monotonic() - begun > 0.5
    assert "500 errors" in sent.letters[1].subject
    assert "500 x Error number 0." in sent.letters[1].text
    assert len(sent.letters[1].text) < 10_000


async def test_errors_of_many_kinds_stay_a_letter_that_can_be_read(log: logging.Logger, sent: Sent):
    for line in range(100):
        record = logging.LogRecord("tidings.x", logging.ERROR, "x.py", line, "y" * 100_000, (), None)
        log.handle(record)
    await until(lambda: len(sent.letters) == 1)
    assert "100 errors" in sent.letters[0].subject
    assert "80 more" in sent.letters[0].text
    assert len(sent.letters[0].text) < 200_000


async def test_errors_of_the_letters_own_room_are_only_logged(log: logging.Logger, sent: Sent):
    logging.getLogger("tidings.mail.postman").error("A letter was refused.")
    log.error("Another.")
    await until(lambda: len(sent.letters) == 1)
    assert "A letter was refused." not in sent.letters[0].text


async def test_a_report_that_cannot_be_posted_makes_no_error_of_its_own(
    log: logging.Logger, sent: Sent, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reports_module, "EVERY_SECONDS", 1)
    sent.failure = UnavailableError()
    log.error("It failed.")
    await until(lambda: any("could not be reported" in record.message for record in caplog.records))
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR] == ["It failed."]
    sent.failure = None
    log.error("It failed again.")
    await until(lambda: len(sent.letters) == 1)


async def test_errors_from_other_threads_are_reported_too(log: logging.Logger, sent: Sent):
    thread = Thread(target=log.error, args=("From a thread.",))
    thread.start()
    thread.join()
    await until(lambda: len(sent.letters) == 1)


@pytest.mark.parametrize("base_url", ["https://example.org", None])
async def test_a_page_that_fails_in_production_reaches_the_administrator(base_url: str | None, tmp_path: Path):
    folder = tmp_path / "mail"
    folder.mkdir()
    settings = read_settings(
        _env_file=None,
        database_url="memory://",
        base_url=base_url,
        secret_key="x" * 40,
        admin_email=ADMIN,
        mail_url=f"file://{folder}",
    )
    app = create_app(settings, passwords=Passwords(CHEAP))
    handlers = list(logging.getLogger().handlers)

    @app.get("/boom")
    async def boom() -> str:
        raise RuntimeError("what only the log may know")

    app.view_functions["boom"].guard = app.view_functions["accounts.login"].guard  # type: ignore[attr-defined]
    async with app.test_app():
        answer = await app.test_client().get("/boom", headers={"Host": "localhost"})
        assert answer.status_code == 500
        assert "what only the log may know" not in await answer.get_data(as_text=True)
        if base_url is not None:
            letter = await MailFolder(folder).newest_to(ADMIN)
            assert "what only the log may know" in MailFolder.text(letter)
    assert MailFolder(folder).all() == [] or base_url is not None
    assert logging.getLogger().handlers == handlers
