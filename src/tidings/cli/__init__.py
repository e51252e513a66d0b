"""The `tidings` command."""

import logging
import sys

from tidings.cli.commands import tidings
from tidings.errors import TidingsError

__all__ = ["main"]


def main() -> None:
    """Entry point of the console script: an error of ours ends with its sentence on stderr and status 1."""
    # Python prints warnings that nobody takes: a slow query is for a server's log (`serve` sets one up), not for
    # whoever typed a command that worked.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        tidings(prog_name="tidings")
    except TidingsError as error:
        print(error.sentence, file=sys.stderr)
        for field, sentence in getattr(error, "fields", {}).items():
            if sentence == error.sentence:
                continue
            print(f"  {field}: {sentence}", file=sys.stderr)
        raise SystemExit(1) from None
