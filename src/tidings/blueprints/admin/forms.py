"""What the forms of administration send."""

from typing import Annotated, Any

from pydantic import Field, field_validator

from tidings.documents.user import Role
from tidings.web.forms import Form, Line, Text

__all__ = ["AccountForm"]

MAX_LINE = 64
MAX_ABOUT = 2_000


class AccountForm(Form):
    """What an administrator may change of an account; a field that is not sent stays as it is.

    Name and address are judged in the action: only where they change, since what is stored may be older than a rule.
    """

    email: Line | None = None
    username: Line | None = None
    role: Role | None = None
    confirmed: bool | None = None
    name: Annotated[Line, Field(max_length=MAX_LINE)] | None = None
    location: Annotated[Line, Field(max_length=MAX_LINE)] | None = None
    about: Annotated[Text, Field(max_length=MAX_ABOUT)] | None = None

    @field_validator("confirmed", mode="before")
    @classmethod
    def _empty_is_no(cls, value: Any) -> Any:
        return "0" if value == "" else value
