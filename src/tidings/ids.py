"""Identifiers: 63-bit snowflakes that sort by time, shown to the world as decimal strings.

Layout, highest bit first: 42 bits of milliseconds since 1970 (they last until 2109), 10 bits of process
number (leased from the database, so no two processes share one), 11 bits of sequence within a millisecond.
"""

import re
from datetime import datetime

from tidings.clock import Clock, from_milliseconds

__all__ = ["MAX_ID", "PROCESSES", "IdMint", "id_time", "parse_id"]

PROCESS_BITS = 10
SEQUENCE_BITS = 11
PROCESSES = 1 << PROCESS_BITS
SEQUENCES = 1 << SEQUENCE_BITS
MAX_ID = (1 << 63) - 1
DECIMAL = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)


def parse_id(text: str) -> int | None:
    """The id that `text` spells in canonical decimal, or None: no sign, no leading zero, nothing over 63 bits."""
    if DECIMAL.fullmatch(text) is None:
        return None
    value = int(text)
    return value if value <= MAX_ID else None


def id_time(value: int) -> datetime:
    """When the id was minted."""
    return from_milliseconds(value >> (PROCESS_BITS + SEQUENCE_BITS))


class IdMint:
    """Mints the ids of one process: each greater than all before it, even when the clock is set back."""

    def __init__(self, clock: Clock, process: int = 0) -> None:
        self._clock = clock
        self._last = (0, -1)
        self.renumber(process)

    def renumber(self, process: int) -> None:
        """Mint under another process number from now on."""
        if not 0 <= process < PROCESSES:
            raise ValueError(f"a process number lies between 0 and {PROCESSES - 1}, not at {process}")
        self._process = process

    def mint(self) -> int:
        """A new id. More than 2,048 within one millisecond borrow from the next."""
        now, sequence = self._clock.milliseconds(), 0
        last, used = self._last
        if now <= last:
            now, sequence = last, used + 1
            if sequence == SEQUENCES:
                now, sequence = last + 1, 0
        self._last = (now, sequence)
        return (now << (PROCESS_BITS + SEQUENCE_BITS)) | (self._process << SEQUENCE_BITS) | sequence
