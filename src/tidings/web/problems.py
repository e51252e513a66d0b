"""Errors as answers: one place turns each into a page or into JSON, whichever the client wants."""

import logging
from typing import Any

from quart import Quart, Response, has_request_context, make_response, render_template
from werkzeug.exceptions import HTTPException

from tidings.errors import InvalidError, ThrottledError, TidingsError, UnavailableError
from tidings.web.requests import wants_json

__all__ = ["install", "problem"]

log = logging.getLogger(__name__)

RETRY_SECONDS = 5
SENTENCES = {
    400: "This request cannot be understood.",
    403: "You are not allowed to do this.",
    404: "There is nothing here. It may have been removed, or it never was.",
    405: "This address does not take that kind of request.",
    408: "The request took too long to arrive. Please try again.",
    413: "That is too much at once. Please make it shorter.",
    415: "Please send this as a form.",
    500: "Something went wrong on our side. It has been noted.",
}


async def problem(status: int, sentence: str, fields: dict[str, str] | None = None) -> Response:
    """The answer to something that went wrong."""
    if wants_json():
        body: dict[str, Any] = {"error": sentence}
        if fields:
            body["fields"] = fields
        response = await make_response(body, status)
    else:
        response = await make_response(
            await render_template("errors/error.html", status=status, sentence=sentence, fields=fields or {}), status
        )
    assert isinstance(response, Response)
    return response


async def of_ours(error: TidingsError) -> Response:
    if error.__cause__ is not None and error.status >= 500:
        log.warning("%s: %s", type(error).__name__, error, exc_info=error.__cause__)
    response = await problem(error.status, error.sentence, error.fields if isinstance(error, InvalidError) else None)
    if isinstance(error, ThrottledError):
        response.headers["Retry-After"] = str(error.seconds)
    if isinstance(error, UnavailableError):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


async def of_http(error: HTTPException) -> Response:
    if not has_request_context():
        raise error
    status = error.code or 500
    if 300 <= status < 400:
        redirect = error.get_response()
        return Response(redirect.get_data(), status, dict(redirect.headers))
    response = await problem(status, SENTENCES.get(status, error.name + "."))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


async def of_nobody(error: Exception) -> Response:
    if not has_request_context():
        raise error
    log.error("A request failed.", exc_info=error)
    return await problem(500, SENTENCES[500])


def install(app: Quart) -> None:
    """Answer every error of the application."""
    app.register_error_handler(TidingsError, of_ours)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, of_nobody)
