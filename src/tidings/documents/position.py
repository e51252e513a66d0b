"""A place in the one order of all commits: the cluster time of a commit, the same on every process and machine."""

import re
from dataclasses import dataclass

__all__ = ["Position"]

FORM = re.compile(r"([0-9a-z]{8})\.([0-9a-f]{8})([0-9a-f]{8})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Seconds and increment of a cluster time, in the timeline of one database.

    On the wire it is one string of fixed width, so that within a database the order of the strings is the order of
    the positions. `origin` names the database (eight characters made when it was first opened): a position from
    another one, or from a `memory://` process that is gone, is recognised as foreign.
    """

    origin: str
    seconds: int
    increment: int

    def __str__(self) -> str:
        return f"{self.origin}.{self.seconds:08x}{self.increment:08x}"

    @classmethod
    def parse(cls, text: str) -> "Position | None":
        """The position that `text` spells, or None where it spells none."""
        match = FORM.fullmatch(text)
        if match is None:
            return None
        return cls(match[1], int(match[2], 16), int(match[3], 16))
