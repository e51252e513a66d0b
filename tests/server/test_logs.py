"""Log lines for people and for machines."""

import json
import logging

import pytest

from tidings.server.logs import JsonFormatter, TextFormatter


def record(**extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord({"name": "tidings.server", "levelname": "INFO", "msg": "hello %s", "args": ("you",)})
    vars(made).update(extra)
    return made


def test_a_json_line_carries_what_the_call_gave() -> None:
    line = JsonFormatter().format(record(worker=2))
    assert "\n" not in line
    told = json.loads(line)
    assert told["message"] == "hello you"
    assert told["level"] == "info"
    assert told["worker"] == 2
    assert told["time"].endswith("+00:00")


def test_a_json_line_carries_the_trace() -> None:
    try:
        raise ValueError("broken\nin two")
    except ValueError as error:
        line = JsonFormatter().format(record(exc_info=(ValueError, error, error.__traceback__)))
    assert "\n" not in line
    assert "broken" in json.loads(line)["trace"]


@pytest.mark.parametrize("name", ["tidings.server", "INFO", "hello you"])
def test_a_text_line_says_who_how_grave_and_what(name: str) -> None:
    assert name in TextFormatter().format(record())
