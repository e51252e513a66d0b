"""Every error that one room raises and another answers.

    TidingsError
    ├── SettingsError            the operator must change something before this can start
    ├── InvalidError(fields)     what was sent cannot be accepted (422)
    │   └── LastAdministratorError   somebody has to be left who can administer the site
    ├── NotFoundError            no such thing, or not for this person: the two are never told apart (404)
    ├── ForbiddenError           visible, but not allowed (403)
    ├── GoneError                it was good once: a used or expired link (410)
    ├── ConflictError            somebody was quicker (409)
    │   ├── TakenError(field)    a name or an address that must be unique belongs to somebody already
    │   ├── StaleError           the version that was edited is no longer the newest
    │   └── RequestKeyError      this request key was already used for something else
    ├── ThrottledError(seconds)  too often (429)
    └── UnavailableError         the database does not answer; trying again is safe (503)

The text of an error is for people: a sentence that says what is the case and what to do. What only the log
should know goes into the exception that caused it.
"""

from collections.abc import Mapping
from typing import TypeVar

__all__ = [
    "ConflictError",
    "ForbiddenError",
    "GoneError",
    "InvalidError",
    "LastAdministratorError",
    "NotFoundError",
    "RequestKeyError",
    "SettingsError",
    "StaleError",
    "TakenError",
    "ThrottledError",
    "TidingsError",
    "UnavailableError",
    "found",
]

T = TypeVar("T")


class TidingsError(Exception):
    """The root of all of them: `status` is the HTTP status that answers it."""

    status = 500
    sentence = "Something went wrong on our side."

    def __init__(self, sentence: str | None = None) -> None:
        self.sentence = sentence or type(self).sentence
        super().__init__(self.sentence)


class SettingsError(TidingsError):
    sentence = "A setting is wrong."


class InvalidError(TidingsError):
    """What was sent cannot be accepted; `fields` maps a form field to a sentence about it."""

    status = 422
    sentence = "Please look at the marked fields."

    def __init__(self, fields: Mapping[str, str], sentence: str | None = None) -> None:
        self.fields = dict(fields)
        super().__init__(sentence)


class LastAdministratorError(InvalidError):
    """Demoting, suspending or removing this person would leave nobody who can administer the site."""

    sentence = "This is the only administrator. Please make somebody else one first."

    def __init__(self) -> None:
        super().__init__({"role": type(self).sentence}, type(self).sentence)


class NotFoundError(TidingsError):
    status = 404
    sentence = "There is nothing here. It may have been removed, or it never was."


class ForbiddenError(TidingsError):
    status = 403
    sentence = "You are not allowed to do this."


class GoneError(TidingsError):
    status = 410
    sentence = "This link has been used or is too old."


class ConflictError(TidingsError):
    status = 409
    sentence = "Somebody was quicker. Please look again."


class TakenError(ConflictError):
    """A value that must be unique belongs to somebody already; `field` names it."""

    sentence = "This is taken already."

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__()


class StaleError(ConflictError):
    sentence = "This was changed while you were editing."


class RequestKeyError(ConflictError):
    sentence = "This form was already sent with another text."


class ThrottledError(TidingsError):
    """Too often; `seconds` is how long to wait (Retry-After)."""

    status = 429
    sentence = "That was too often. Please wait a while."

    def __init__(self, seconds: int, sentence: str | None = None) -> None:
        self.seconds = seconds
        super().__init__(sentence)


class UnavailableError(TidingsError):
    """The database does not answer: whether a write happened is unknown, and repeating it is safe."""

    status = 503
    sentence = "The database does not answer right now. Please try again in a moment."


def found(thing: T | None) -> T:
    """Give `thing` back, or raise NotFoundError where there is none: the one place where None becomes a 404."""
    if thing is None:
        raise NotFoundError
    return thing
