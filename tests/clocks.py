"""A clock that a test can turn."""

from datetime import datetime, timedelta

from tidings.clock import SystemClock, from_milliseconds, milliseconds

__all__ = ["TurnableClock"]


class TurnableClock:
    """Runs as this machine's does, and ahead of it by as much as it was turned."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._ahead = timedelta()

    def turn(self, **by: float) -> None:
        """Let that much time pass at once: `turn(minutes=5)`."""
        self._ahead += timedelta(**by)

    def now(self) -> datetime:
        return from_milliseconds(self.milliseconds())

    def milliseconds(self) -> int:
        return milliseconds(self._clock.now() + self._ahead)
