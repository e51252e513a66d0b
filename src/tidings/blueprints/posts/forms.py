"""What the forms about posts send."""

from typing import Annotated

from pydantic import Field, field_validator

from tidings.documents.post import Visibility
from tidings.ids import MAX_ID
from tidings.web.forms import Form, Line, Text

__all__ = ["EditForm", "PostForm", "PreviewForm"]

MAX_SOURCE = 50_000
MAX_TITLE = 200
MAX_REQUEST_KEY = 64


class PreviewForm(Form):
    source: Annotated[Text, Field(max_length=MAX_SOURCE)] = ""


class ContentForm(Form):
    """What a post consists of."""

    title: Annotated[Line, Field(max_length=MAX_TITLE)] = ""
    source: Annotated[Text, Field(min_length=1, max_length=MAX_SOURCE)]
    visibility: Visibility = Visibility.PUBLIC

    @field_validator("source")
    @classmethod
    def _says_something(cls, source: str) -> str:
        if not source.strip():
            raise ValueError("Please write something.")
        return source


class PostForm(ContentForm):
    request_key: Annotated[Line, Field(max_length=MAX_REQUEST_KEY)] = ""


class EditForm(ContentForm):
    version: Annotated[int, Field(ge=1, le=MAX_ID)]
