"""Passwords: what may be one, and hashing them with Argon2id beside the event loop."""

import asyncio
import re
import unicodedata
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from secrets import token_bytes

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from tidings.auth.common import is_common, is_row, repeated

__all__ = ["CHEAP", "DEFAULT", "Cost", "Passwords"]

MIN_CHARACTERS = 8
MAX_BYTES = 1_024


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id's parameters: passes, memory in KiB, lanes."""

    passes: int
    memory: int
    lanes: int


DEFAULT = Cost(passes=3, memory=64 * 1024, lanes=4)  # RFC 9106, section 4, second recommendation: about 0.1 s
CHEAP = Cost(passes=1, memory=8, lanes=1)  # the least that Argon2 accepts, 0.1 ms: for tests alone

# One pool for the process, not for an object: each hash takes 64 MB and a core, so two at once are enough, and
# the default executor stays free for everybody else. Who comes third waits without holding anything up.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="passwords")

_CONTROLS = re.compile("[\x00-\x1f\x7f]")
_NO_LETTERS = re.compile(r"[\W\d_]+")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")


class Passwords:
    """Hashes and verifies. The application holds one; tests hand in one with `CHEAP`."""

    def __init__(self, cost: Cost = DEFAULT, site_name: str = "Tidings") -> None:
        self._site_name = site_name
        self._hasher = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes)
        self._nobody = _hash_of_nobody(cost)

    def problem(self, password: str, username: str, email: str = "") -> str | None:
        """A sentence about why this cannot be the password of that person, or None.

        8 characters at least, 1,024 bytes of UTF-8 at most, nothing cut off, no rule about kinds of characters
        (NIST SP 800-63B, 3.1.1.2); none of the most common ones, no run along the keyboard and no short group again
        and again; and neither the user name, the address nor the site's name, once or repeated, whatever the case and
        whatever digits or signs stand around it.
        """
        try:
            size = len(password.encode())
        except UnicodeEncodeError:
            return "This password has characters that are no text. Please choose another."
        if _CONTROLS.search(password):
            return "A password cannot contain control characters."
        if size > MAX_BYTES:
            return f"A password can have at most {MAX_BYTES:,} bytes (fewer characters, if they are not ASCII)."
        if len(password) < MIN_CHARACTERS:
            return f"A password needs at least {MIN_CHARACTERS} characters."
        folded = _normal(password).strip().casefold()
        if not folded:
            return "A password needs something else than spaces."
        core, letters = _core(folded), _letters(folded)
        for name, owner in ((username, "the user name"), (email, "the address"), (self._site_name, "the site's name")):
            own = _normal(name).casefold()
            if name and (_core(own) == core or _letters(own) in (letters, repeated(letters))):
                return f"The password cannot be {owner}, repeated or with digits or signs added."
        closed_up = "".join(folded.split())
        groups = {one: repeated(one) for one in (folded, closed_up)}
        if any(len(group) < min(MIN_CHARACTERS, len(one)) for one, group in groups.items()):
            return "This repeats a few characters, which is no better than having them once. Please choose another."
        if any(is_common(one) or is_row(one) for one in (*groups, *groups.values())):
            return "This is one of the passwords that are tried first everywhere. Please choose another."
        return None

    async def hash(self, password: str) -> str:
        """Argon2id's encoded hash, parameters and salt included. What `problem` refuses may raise ValueError."""
        return await asyncio.get_running_loop().run_in_executor(_threads, self._hash, password)

    async def verify(self, hashed: str | None, password: str) -> bool:
        """Whether `password` is the one that was hashed. None (nobody has that name) takes as long and is False.

        What can be no password at all (too long, no text) is False as well, without being hashed.
        """
        try:
            if len(password.encode()) > MAX_BYTES:
                return False
        except UnicodeEncodeError:
            return False
        return await asyncio.get_running_loop().run_in_executor(_threads, self._verify, hashed, password)

    def needs_rehash(self, hashed: str) -> bool:
        """Whether it was made with other parameters than today's: hash again at the next sign-in."""
        try:
            return self._hasher.check_needs_rehash(hashed)
        except InvalidHashError:
            return True

    def _hash(self, password: str) -> str:
        return self._hasher.hash(_normal(password))

    def _verify(self, hashed: str | None, password: str) -> bool:
        try:
            matches = self._hasher.verify(hashed or self._nobody, _normal(password))
        except (Argon2Error, InvalidHashError):
            return False
        return matches and bool(hashed)


def _hash_of_nobody(cost: Cost) -> str:
    """A hash that no password has, as costly to verify as any and free to make: random salt, random digest."""
    salt, tag = (b64encode(token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={cost.memory},t={cost.passes},p={cost.lanes}${salt}${tag}"


def _core(folded: str) -> str:
    """What is left without digits, signs and spaces around it; all of it where nothing else is there."""
    return _AROUND.sub("", folded) or folded


def _letters(folded: str) -> str:
    """Without digits, signs and spaces wherever they stand; all of it where nothing else is there."""
    return _NO_LETTERS.sub("", folded) or folded


def _normal(password: str) -> str:
    """NFKC, so that one password is one whatever keyboard or system composed its letters (NIST SP 800-63B, 3.1.1.2).

    Used for hashing and verifying alike; it never shortens a password to a prefix.
    """
    return unicodedata.normalize("NFKC", password)
