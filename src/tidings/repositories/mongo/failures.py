"""Driver errors stop here: what leaves this room is an error that the rest of the house knows."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from pymongo.errors import ConnectionFailure, ExecutionTimeout, OperationFailure, PyMongoError, WTimeoutError

from tidings.errors import TidingsError, UnavailableError

__all__ = ["translated", "translating"]

C = TypeVar("C", bound=type)
F = TypeVar("F", bound=Callable[..., Any])

# Answers of a server that is starting, stopping, electing, or could not reach a majority in time.
# (Codes: github.com/mongodb/mongo, src/mongo/base/error_codes.yml.)
TRANSIENT_CODES = {6, 7, 50, 64, 89, 91, 112, 133, 134, 189, 262, 9001, 10107, 11600, 11602, 13388, 13435, 13436, 251}


def is_outage(error: PyMongoError) -> bool:
    """Whether the database could not answer, as opposed to: it answered that the question was wrong."""
    if isinstance(error, ConnectionFailure | ExecutionTimeout | WTimeoutError) or error.timeout:
        return True
    if error.has_error_label("TransientTransactionError") or error.has_error_label("RetryableWriteError"):
        return True
    return isinstance(error, OperationFailure) and error.code in TRANSIENT_CODES


def translated(function: F) -> F:
    """The coroutine function, with driver errors replaced: an outage is UnavailableError, all else a bug of ours."""

    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return await function(*args, **kwargs)
        except PyMongoError as error:
            raise (UnavailableError() if is_outage(error) else TidingsError()) from error

    return wrapper  # type: ignore[return-value]  # same signature as `function`, which no type can say here


def translating(cls: C) -> C:
    """The class with all its public coroutine methods `translated`."""
    for name, member in list(vars(cls).items()):
        if not name.startswith("_") and inspect.iscoroutinefunction(member):
            setattr(cls, name, translated(member))
    return cls
