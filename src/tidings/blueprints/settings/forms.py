"""What the forms of the settings send."""

import unicodedata
from html import escape
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tidings.markup import has_ink
from tidings.web.forms import Form, Line, Text

__all__ = ["MAX_ABOUT", "MAX_LINE", "PasswordForm", "ProfileForm", "SessionsForm", "TwoFactorForm"]

MAX_LINE = 64
MAX_ABOUT = 2_000
MAX_PASSWORD = 1_024


def visible(value: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in value):
        raise ValueError("This contains a character that cannot be shown. Please remove it.")
    if value and not has_ink(escape(value)):
        raise ValueError("Nobody could see this. Please use at least one letter.")
    return value


Shown = Annotated[Line, AfterValidator(visible), Field(max_length=MAX_LINE)]
Secret = Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD)]


class ProfileForm(Form):
    """A field that is not sent at all stays as it is."""

    name: Shown | None = None
    location: Shown | None = None
    about: Annotated[Text, Field(max_length=MAX_ABOUT)] | None = None


class PasswordForm(Form):
    """`password` is judged together with the name, in the action."""

    current: Secret
    password: str


class SessionsForm(Form):
    """One session by the name that the page gives it, or `all` others."""

    session: Annotated[Line, Field(max_length=100)] = ""
    all: Literal["1", ""] = ""


class TwoFactorForm(Form):
    """`codes` asks for new recovery codes where the second factor is on; without it, it is switched on or off."""

    password: Secret
    code: Annotated[Line, Field(min_length=1, max_length=100)]
    codes: Literal["1", ""] = ""
