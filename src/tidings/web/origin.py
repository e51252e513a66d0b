"""Which site a request is meant for and which page it came from: what keeps other sites' forms out.

`Sec-Fetch-Site` is set by browsers and cannot be forged by a page (W3C Fetch Metadata); older browsers send `Origin`
with every unsafe request. So no form needs a token.
"""

from quart import Quart, request, websocket

from tidings.errors import ForbiddenError, TidingsError
from tidings.settings import Settings

__all__ = ["ForeignHostError", "install", "site_origin", "socket_origin_is_ours"]

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class ForeignHostError(TidingsError):
    status = 400
    sentence = (
        "This site does not know itself by that name. Open it as localhost or by its IP address, "
        "or set TIDINGS_BASE_URL to where it is."
    )


def site_origin(settings: Settings) -> str:
    """The site's own origin for this request, for absolute links. Raises ForeignHostError for a forged Host."""
    origin = settings.origin(request.host)
    if origin is None:
        raise ForeignHostError
    return origin


def install(app: Quart, settings: Settings) -> None:
    """Check host and origin before anything else looks at a request."""

    def check() -> None:
        ours = site_origin(settings)
        if request.method in SAFE_METHODS:
            return
        site = request.headers.get("Sec-Fetch-Site")
        passed = site == "same-origin" if site is not None else request.headers.get("Origin") == ours
        if not passed:
            raise ForbiddenError("This form was sent from another site, so nothing was done.")

    app.before_request(check)


def socket_origin_is_ours(settings: Settings) -> bool:
    """A live socket is judged by `Origin` alone: browsers send it always, and its cookie with it."""
    ours = settings.origin(websocket.host)
    return ours is not None and websocket.headers.get("Origin") == ours
