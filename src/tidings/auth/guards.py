"""Who may call a view: every view says so with one of these, and one check before the request holds it to that."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from quart import Quart, current_app, redirect, request
from quart.typing import ResponseReturnValue

from tidings.auth.sessions import identify, me
from tidings.documents.user import Permission, User
from tidings.errors import ForbiddenError
from tidings.web.requests import safe_path, wants_json

__all__ = ["Guard", "account", "anonymous", "guard_of", "install", "open_to_all", "signed_in", "somebody"]

F = TypeVar("F", bound=Callable[..., Any])


class Guard(Enum):
    """What a view asks of its caller."""

    ANONYMOUS = auto()
    OPEN = auto()
    SIGNED_IN = auto()
    ACCOUNT = auto()


def mark(view: F, guard: Guard, permission: Permission | None = None) -> F:
    view.guard = (guard, permission)  # type: ignore[attr-defined]  # functions carry attributes
    return view


def anonymous(view: F) -> F:
    """For anybody, and who it is does not matter: no session is looked up."""
    return mark(view, Guard.ANONYMOUS)


def open_to_all(view: F) -> F:
    """For anybody, signed in or not."""
    return mark(view, Guard.OPEN)


def signed_in(view: F) -> F:
    """For whoever is signed in, even before the address is confirmed."""
    return mark(view, Guard.SIGNED_IN)


def account(permission: Permission | None = None) -> Callable[[F], F]:
    """For whoever is signed in with a confirmed address and has the permission."""

    def decorate(view: F) -> F:
        return mark(view, Guard.ACCOUNT, permission)

    return decorate


def guard_of(view: Callable[..., Any]) -> tuple[Guard, Permission | None] | None:
    """What the view asks for, or None where it does not say."""
    return getattr(view, "guard", None)


def somebody() -> User:
    """Who is asking, in a view that only somebody signed in can reach."""
    user = me()
    if user is None:
        raise ForbiddenError
    return user


def install(app: Quart) -> None:
    """Hold every view to its guard. A view without one answers nobody."""
    app.before_request(check)


async def check() -> ResponseReturnValue | None:
    if request.endpoint is None or request.routing_exception is not None:
        await identify_quietly()
        return None
    guard, permission = guard_of(current_app.view_functions[request.endpoint]) or (None, None)
    if guard is None:
        raise ForbiddenError
    if guard is Guard.ANONYMOUS:
        return None
    await identify()
    user = me()
    if guard is Guard.OPEN:
        return None
    if user is None:
        return sign_in_first()
    if guard is Guard.ACCOUNT and not user.confirmed:
        if wants_json():
            raise ForbiddenError("Please confirm your address first.")
        return redirect("/confirm", 303)
    if permission is not None and not user.role.allows(permission):
        raise ForbiddenError
    return None


async def identify_quietly() -> None:
    """For the frame of an error page; it must come even when the database does not answer."""
    try:
        await identify()
    except Exception:  # whatever it was, the page about something else is more useful than a page about this
        current_app.logger.info("An error page is shown as to a stranger.", exc_info=True)


def sign_in_first() -> ResponseReturnValue:
    if wants_json():
        return {"error": "Please sign in first."}, 401
    return redirect("/login?" + urlencode({"next": where_to_return()}), 303)


def where_to_return() -> str:
    """The page to come back to after signing in: for a form, the page that it stood on."""
    if request.method in ("GET", "HEAD"):
        query = request.query_string.decode("ascii", "ignore")
        return safe_path(request.path + (f"?{query}" if query else ""))
    referrer = urlsplit(request.headers.get("Referer", ""))
    return safe_path(referrer.path) if referrer.netloc == request.host else "/"
