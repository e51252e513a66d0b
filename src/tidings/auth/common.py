"""The passwords that everybody tries first."""

from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

__all__ = ["is_common"]

# Of the list, ordered by how often they were found in leaks, those that are long enough to be asked about at all are
# a third. Further down it becomes a list of names and words that few would ever try.
MOST_COMMON = 10_000
MIN_CHARACTERS = 8


def is_common(password: str) -> bool:
    """Whether it is one of the 3,395 most common passwords of eight characters or more, in any case."""
    return password.casefold() in _most_common()


@cache
def _most_common() -> frozenset[str]:
    """Read once, when the first password is judged: about 40 ms, of which half a megabyte stays.

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
    passwords: list[str] = lists.FREQUENCY_LISTS["passwords"][:MOST_COMMON]
    return frozenset(password for password in passwords if len(password) >= MIN_CHARACTERS)
