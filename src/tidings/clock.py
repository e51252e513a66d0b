"""What time it is: aware UTC, cut to milliseconds as BSON keeps them, corrected by the database's clock."""

from datetime import UTC, datetime, timedelta
from time import time
from typing import Protocol

__all__ = ["Clock", "SystemClock", "from_milliseconds", "milliseconds"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """Anything that tells the time; tests hand in one that they can turn."""

    def milliseconds(self) -> int:
        """Milliseconds since 1970 UTC."""

    def now(self) -> datetime:
        """The same as an aware UTC time without a remainder below a millisecond."""


def from_milliseconds(value: int) -> datetime:
    """The aware UTC time that lies `value` milliseconds after 1970."""
    return EPOCH + timedelta(milliseconds=value)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970 of an aware time."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


class SystemClock:
    """This machine's clock plus a correction, so that machines that are minutes apart agree with the database."""

    def __init__(self) -> None:
        self._correction = 0

    def milliseconds(self) -> int:
        return int(time() * 1000) + self._correction

    def now(self) -> datetime:
        return from_milliseconds(self.milliseconds())

    def correct(self, database_now: datetime) -> None:
        """Take the database's time, read a moment ago, as the truth from here on."""
        self._correction = milliseconds(database_now) - int(time() * 1000)
