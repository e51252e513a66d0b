"""The passwords that everybody tries first: those of a list, and those that a rule makes."""

from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

__all__ = ["is_common", "is_row", "repeated"]

MIN_CHARACTERS = 8

# The keyboard's rows (QWERTY, QWERTZ, AZERTY), its columns and zigzags, the alphabet and the digits. Each is a ring.
ROWS = (
    *("abcdefghijklmnopqrstuvwxyz", "1234567890", "0123456789", "!@#$%^&*()", "qwertyuiopasdfghjklzxcvbnm"),
    *("qwertyuiop", "asdfghjkl", "zxcvbnm,./", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn"),
    *("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p"),
    *("q1w2e3r4t5y6u7i8o9p0", "a1b2c3d4e5f6g7h8i9j0", "1a2b3c4d5e6f7g8h9i0j"),
)
RINGS = tuple(ring for row in ROWS for ring in (row * 2, row[::-1] * 2))


def is_common(password: str) -> bool:
    """Whether it is one of the 11,611 most common passwords of eight characters or more, in any case."""
    return "\n" not in password and f"\n{password.casefold()}\n" in _most_common()


def is_row(password: str) -> bool:
    """Whether it runs along the alphabet, the digits or the keyboard, forwards or backwards, in any case."""
    folded = password.casefold()
    return any(folded in ring for ring in RINGS)


def repeated(password: str) -> str:
    """The shortest group that makes the password by being repeated, the last time perhaps not to its end: twice at
    least, otherwise all of it."""
    for length in range(1, len(password) // 2 + 1):
        if password.startswith(password[length:]):
            return password[:length]
    return password


@cache
def _most_common() -> str:
    """A line for each. Read once, when the first password is judged: about 40 ms, of which 120 kB stay.

    The list is that of zxcvbn (Dropbox, from leaks; MIT). Its one file is read by itself, since importing the package
    would build tables for all its dictionaries, 30 MB that nobody here asks for.
    """
    package = find_spec("zxcvbn")
    assert package is not None
    assert package.submodule_search_locations
    path = Path(package.submodule_search_locations[0]) / "frequency_lists.py"
    spec = spec_from_file_location("zxcvbn_frequency_lists", path)
    assert spec is not None
    assert spec.loader is not None
    lists = module_from_spec(spec)
    spec.loader.exec_module(lists)
    passwords: list[str] = lists.FREQUENCY_LISTS["passwords"]
    return "\n".join(["", *(password.casefold() for password in passwords if len(password) >= MIN_CHARACTERS), ""])
