"""Forms: read strictly, validated by a pydantic model, and shown again with a sentence beside each wrong field."""

from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails
from quart import Response, make_response, render_template, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder

from tidings.errors import InvalidError
from tidings.web.requests import wants_json

__all__ = ["Form", "Line", "Shown", "Text", "refuse", "sent", "submitted"]

MAX_FIELDS = 50
# They turn what stands beside them around, on the same line and in somebody else's words: embeddings, overrides and
# isolates. The marks that Arabic and Hebrew need (U+200E, U+200F, U+061C) are none of them.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def readable(value: str) -> str:
    for character in value:
        if ord(character) < 32 and character not in "\t\n":
            raise ValueError("This contains a character that cannot be shown. Please remove it.")
        if 0xD800 <= ord(character) <= 0xDFFF:
            raise ValueError("This contains half a character. Please remove it.")
    return value


def one_line(value: str) -> str:
    if "\n" in value or "\t" in value:
        raise ValueError("Please keep this on one line.")
    if not TURNING.isdisjoint(value):
        raise ValueError("This contains an invisible character that turns text around. Please remove it.")
    return value.strip()


Text = Annotated[str, AfterValidator(readable)]
"""Text of several lines. Browsers send line ends as CR LF; `sent` has made them LF."""

Line = Annotated[str, AfterValidator(readable), AfterValidator(one_line)]
"""Text of one line, without white space around it."""


class Form(BaseModel):
    """What a form sends. Fields that it does not know are passed over, as browsers and extensions add some."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Shown:
    """A form as a template shows it: what was typed, and what is wrong with it."""

    def __init__(self, values: dict[str, str] | None = None, errors: dict[str, str] | None = None) -> None:
        self.values = values or {}
        self.errors = errors or {}


F = TypeVar("F", bound=Form)


async def sent() -> dict[str, str]:
    """The fields of the request's form. 400 where they are not UTF-8, 415 where it is no form."""
    match request.mimetype:
        case "application/x-www-form-urlencoded" | "":
            body = await request.get_data(as_text=False)
            assert isinstance(body, bytes)
            pairs = urlencoded(body)
        case "multipart/form-data":
            body = await request.get_data(as_text=False)
            assert isinstance(body, bytes)
            pairs = multipart(body)
        case _:
            raise UnsupportedMediaType
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            raise InvalidError({name: "This was sent twice. Please send it once."})
        fields[name] = value.replace("\r\n", "\n").replace("\r", "\n")
    return fields


def multipart(body: bytes) -> list[tuple[str, str]]:
    """The fields; files are passed over. Read here and strictly: Quart takes what it cannot read for an empty form."""
    boundary = request.mimetype_params.get("boundary", "")
    fields: list[tuple[str, str]] = []
    try:
        decoder = MultipartDecoder(boundary.encode("ascii"), max_parts=MAX_FIELDS)
        decoder.receive_data(body)
        decoder.receive_data(None)
        part: Field | File | None = None
        value = b""
        while boundary and not isinstance(event := decoder.next_event(), Epilogue):
            if isinstance(event, Field | File):
                part, value = event, b""
            elif isinstance(event, Data):
                value += event.data
                if isinstance(part, Field) and not event.more_data:
                    fields.append((part.name, value.decode("utf-8")))
    except ValueError as error:  # UnicodeError is one, a body that ends too early is one
        raise BadRequest from error
    # A part may come without a name.
    if not boundary or not all(name for name, _ in fields):
        raise BadRequest
    return fields


def urlencoded(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError as error:  # UnicodeDecodeError is one, too many fields is one
        raise BadRequest from error


async def submitted(form: type[F]) -> F:
    """The validated form. InvalidError with a sentence per field where it cannot be accepted."""
    try:
        return form.model_validate(await sent())
    except ValidationError as error:
        raise InvalidError({str(wrong["loc"][0]): sentence(wrong) for wrong in error.errors()}) from error


def sentence(wrong: ErrorDetails) -> str:
    """What is wrong, in words that a person can act on."""
    context: dict[str, Any] = wrong.get("ctx", {})
    match wrong["type"]:
        case "missing":
            return "Please fill this in."
        case "string_too_short" | "too_short":
            least = context["min_length"]
            return "Please fill this in." if least == 1 else f"Please use at least {least:,} characters."
        case "string_too_long" | "too_long":
            return f"Please use at most {context['max_length']:,} characters."
        case "enum" | "literal_error":
            return f"Please choose one of {context['expected']}."
        case "value_error":
            return str(context["error"])
        case "int_parsing" | "int_type" | "greater_than_equal" | "int_parsing_size" | "less_than_equal":
            return "Please give a whole number."
    return "This cannot be accepted."


async def refuse(template: str, error: InvalidError, status: int = 422, **context: Any) -> Response:
    """Show the form again with its errors and everything that was typed (but no password); JSON clients get JSON."""
    if wants_json():
        raise error
    try:
        typed = {name: value for name, value in (await sent()).items() if "password" not in name}
    except InvalidError:
        typed = {}
    page = await render_template(template, form=Shown(typed, error.fields), **context)
    response = await make_response(page, status)
    assert isinstance(response, Response)
    return response
