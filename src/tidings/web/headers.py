"""Headers that every response carries: what a page may load, who may frame it, who may keep it."""

from quart import Quart, Response, request

from tidings.settings import Settings

__all__ = ["install"]

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
A_YEAR = 365 * 24 * 3600


def install(app: Quart, settings: Settings) -> None:
    """Add the headers after each request."""

    def add(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        # Not `no-referrer`: it would turn the Origin of a form on the page into `null`.
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if settings.production:
            headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
        if request.endpoint == "static":
            # A module imports its neighbours by their plain names: those are asked for again each time (and answered
            # 304), so that after an upgrade old and new ones never mix.
            headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if "v" in request.args else "no-cache"
        elif "Cache-Control" not in headers:
            # A page is somebody's: theirs who are signed in, and even a stranger's may carry a notice for them.
            headers["Cache-Control"] = "no-store"
            headers.add("Vary", "Cookie")
        return response

    app.after_request(add)
