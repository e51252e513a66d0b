"""How often something may be tried, per account, network, device or receiver, counted for all processes at once.

A try is counted before it is looked at, so that a hundred at once are no more than the limit; what turned out to be
right is taken back. TIDINGS_RATE_LIMITS=off switches all of it off. While the database does not answer there is no
counter, and then there is no try either: each function raises UnavailableError (503). Nothing is lost by it, since
everything that is throttled needs the database anyway, and reading pages is never throttled.
"""

import hashlib
import ipaddress
from dataclasses import dataclass

from quart import request

from tidings.auth.devices import known_device
from tidings.errors import ThrottledError
from tidings.parts import parts

__all__ = [
    "Attempt",
    "ask_for_letter",
    "letter_allowed",
    "network_of",
    "own_password",
    "register",
    "second_factor",
    "sign_in",
]

QUARTER = 15 * 60
HOUR = 60 * 60


@dataclass(frozen=True, slots=True)
class Limit:
    """So many within so many seconds, which begin with the first."""

    name: str
    count: int
    seconds: int


SIGN_IN_ACCOUNT = Limit("sign-in to account", 10, QUARTER)
SIGN_IN_NETWORK = Limit("sign-in from network", 10, QUARTER)
SIGN_IN_DEVICE = Limit("sign-in from device", 10, QUARTER)
SECOND_FACTOR = Limit("second factor", 10, QUARTER)
SECOND_FACTOR_NETWORK = Limit("second factor from network", 10, QUARTER)
OWN_PASSWORD = Limit("own password", 10, QUARTER)
REGISTRATION = Limit("registration from network", 20, HOUR)
LETTERS = Limit("letters to", 5, HOUR)
LETTERS_ASKED = Limit("letters asked from network", 20, HOUR)

Bucket = tuple[Limit, str]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that has been counted in these buckets."""

    buckets: tuple[Bucket, ...]

    async def succeeded(self) -> None:
        """It was right, so it does not count."""
        if not switched_off():
            for bucket in self.buckets:
                await parts().storage.throttles.take_back(row_of(bucket), parts().clock.now())


async def sign_in(identifier: str) -> Attempt:
    """Before a password is looked at. Raises ThrottledError.

    An account is what was typed, a name or an address: one counter for both would tell a stranger which address
    belongs to which name. A device that signed in to this account before has one counter of its own instead of
    those that strangers share.
    """
    if switched_off():
        return Attempt(())
    users = parts().storage.users
    device = None
    if request.cookies:
        user = await (users.by_email(identifier) if "@" in identifier else users.by_username(identifier))
        device = await known_device(user.id if user is not None else 0)
    if device is not None:
        return await attempt((SIGN_IN_DEVICE, device))
    return await attempt((SIGN_IN_NETWORK, here()), (SIGN_IN_ACCOUNT, identifier.strip().casefold()))


async def second_factor(user_id: int) -> Attempt:
    """Before a code is looked at, the password having been right. Raises ThrottledError."""
    if switched_off():
        return Attempt(())
    device = await known_device(user_id)
    if device is not None:
        return await attempt((SECOND_FACTOR, device))
    return await attempt((SECOND_FACTOR_NETWORK, here()), (SECOND_FACTOR, str(user_id)))


async def own_password(user_id: int) -> Attempt:
    """Before somebody who is signed in proves it with the password once more. Raises ThrottledError."""
    return await attempt((OWN_PASSWORD, str(user_id)))


async def register() -> None:
    """Before an account is made. Raises ThrottledError."""
    await attempt((REGISTRATION, here()))


async def ask_for_letter(email: str) -> None:
    """Before a letter that somebody asks for by typing an address. Raises ThrottledError.

    Counted whether or not anybody has that address, so that the answer does not tell.
    """
    await attempt((LETTERS_ASKED, here()), (LETTERS, email.strip().casefold()))


async def letter_allowed(email: str) -> bool:
    """Whether this address may get another letter that nobody asked for by name, as when somebody registers."""
    try:
        await attempt((LETTERS, email.strip().casefold()))
    except ThrottledError:
        return False
    return True


async def attempt(*buckets: Bucket) -> Attempt:
    """Count in each bucket until one of them is full."""
    if switched_off():
        return Attempt(())
    for bucket in buckets:
        limit, _ = bucket
        wait = await parts().storage.throttles.hit(row_of(bucket), limit.count, limit.seconds, parts().clock.now())
        if wait:
            minutes = -(-wait // 60)
            raise ThrottledError(
                wait, f"That was too often. Please try again in {'a minute' if minutes == 1 else f'{minutes} minutes'}."
            )
    return Attempt(buckets)


def switched_off() -> bool:
    return parts().settings.rate_limits == "off"


def row_of(bucket: Bucket) -> str:
    """The name of the counter: what was typed may be long, and addresses of strangers are not ours to keep."""
    limit, key = bucket
    return f"{limit.name} {hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"


def here() -> str:
    return network_of(request.remote_addr or "")


def network_of(address: str) -> str:
    """What one subscriber holds: an IPv4 address, or the /64 of an IPv6 address (RFC 6177), as text."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.IPv6Network((parsed, 64), strict=False))
    return str(parsed)
