"""Slow database commands are logged with what they asked."""

import logging
from typing import Any

from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

__all__ = ["SlowQueryLog"]

log = logging.getLogger(__name__)

# Waiting for the next change is not being slow.
WAITING = {"getMore"}
# What the driver adds to every command says nothing about the question; values of a filter can be anybody's data.
NOISE = {"lsid", "$clusterTime", "$db", "$readPreference", "txnNumber", "signature"}


def shape(value: Any) -> Any:
    """The question without the answers: keys stay, values become their type, long lists their length."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return f"[{len(value)}]" if len(value) > 3 else [shape(inner) for inner in value]
    return type(value).__name__


class SlowQueryLog(CommandListener):
    """Logs each command that took longer than `milliseconds`: name, collection, shape of the filter, duration."""

    def __init__(self, milliseconds: int) -> None:
        self._microseconds = milliseconds * 1000
        self._running: dict[int, Any] = {}

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name not in WAITING:
            self._running[event.request_id] = event.command

    def succeeded(self, event: CommandSucceededEvent) -> None:
        self._ended(event.request_id, event.command_name, event.duration_micros)

    def failed(self, event: CommandFailedEvent) -> None:
        self._ended(event.request_id, event.command_name, event.duration_micros)

    def _ended(self, request_id: int, name: str, microseconds: int) -> None:
        command = self._running.pop(request_id, None)
        if command is None or microseconds < self._microseconds:
            return
        asked = {key: shape(value) for key, value in command.items() if key not in NOISE and key != name}
        log.warning("slow query: %s %s took %d ms: %s", name, command.get(name), microseconds // 1000, asked)
