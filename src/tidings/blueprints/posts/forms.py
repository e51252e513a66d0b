"""What the forms about posts send."""

from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from tidings.documents.post import Visibility
from tidings.ids import parse_id
from tidings.web.forms import Form, Line, Text

__all__ = ["EditForm", "PostForm", "PreviewForm"]

MAX_SOURCE = 50_000
MAX_TITLE = 200
MAX_REQUEST_KEY = 64


def version_number(text: str) -> int:
    number = parse_id(text)
    if number is None:
        raise ValueError("Please open the post again to edit it.")
    return number


class PreviewForm(Form):
    """An empty text is fine here: it is what the field holds before the first word."""

    source: Annotated[Text, Field(max_length=MAX_SOURCE)]


Title = Annotated[Line, Field(max_length=MAX_TITLE)]


class TextForm(Form):
    """What every form with a post's text has."""

    source: Annotated[Text, Field(min_length=1, max_length=MAX_SOURCE)]

    @field_validator("source")
    @classmethod
    def _says_something(cls, source: str) -> str:
        if not source.strip():
            raise ValueError("Please write something.")
        return source


class PostForm(TextForm):
    title: Title = ""
    visibility: Visibility = Visibility.PUBLIC
    request_key: Annotated[Line, Field(max_length=MAX_REQUEST_KEY)] = ""


class EditForm(TextForm):
    """What is not sent stays as it is: above all, nobody's post becomes public by a field that was left out."""

    title: Title | None = None
    visibility: Visibility | None = None
    version: Annotated[int, BeforeValidator(version_number)]
