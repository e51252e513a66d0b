"""Ties a child process to its parent: it is killed the moment the parent is gone, however that happened.

Run as a script it ties itself and then becomes the command it was given:

    python tether.py <parent's pid> <command> [argument …]

so that no code has to run between fork and exec of a parent that may have threads.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

__all__ = ["die_with_parent", "tethered"]

PR_SET_PDEATHSIG = 1
CANNOT_RUN = 126
NOT_FOUND = 127


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the *thread* that started it ends; `parent` is that process's pid.

    Exits at once where the parent is gone already. Does nothing where the system has no such signal (not Linux).
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The parent may have ended before the call: then nobody would ever send the signal.
    if os.getppid() != parent:
        raise SystemExit("The process that started this one is gone.")


def tethered(command: Sequence[str]) -> list[str]:
    """`command`, started in such a way that it dies with this process. Start it from a thread that stays."""
    # -I -S: nothing of the environment or of site-packages is read, which keeps this to some 15 ms.
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *command]


def main() -> None:
    parent, command = int(sys.argv[1]), sys.argv[2:]
    die_with_parent(parent)
    try:
        os.execv(command[0], command)
    except OSError as error:
        print(error.strerror, file=sys.stderr)
        raise SystemExit(NOT_FOUND if isinstance(error, FileNotFoundError) else CANNOT_RUN) from None


if __name__ == "__main__":
    main()
