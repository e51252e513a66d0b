"""What the forms about accounts send."""

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from tidings.blueprints.accounts.names import name_problem
from tidings.web.forms import Form, Line

__all__ = ["ChangeEmailForm", "CodeForm", "EmailForm", "LoginForm", "NewPasswordForm", "RegisterForm"]

MAX_EMAIL = 254
# What browsers accept in <input type=email> (WHATWG HTML, "valid e-mail address"), so that page and server agree.
EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*",
    re.ASCII,
)


def check_email(email: str) -> str:
    if len(email) > MAX_EMAIL or EMAIL.fullmatch(email) is None:
        raise ValueError("This does not look like an address. Please check it.")
    return email


class RegisterForm(Form):
    """`password` is judged together with the name, in the action."""

    username: Line
    email: Line
    password: str

    @field_validator("username")
    @classmethod
    def _usable(cls, username: str) -> str:
        problem = name_problem(username)
        if problem is not None:
            raise ValueError(problem)
        return username

    @field_validator("email")
    @classmethod
    def _addressable(cls, email: str) -> str:
        return check_email(email)


class LoginForm(Form):
    identifier: Annotated[Line, Field(min_length=1, max_length=MAX_EMAIL)]
    password: Annotated[str, Field(min_length=1, max_length=1024)]
    remember: Literal["1", ""] = ""
    next: str = "/"


class CodeForm(Form):
    """A code of the authenticator or a recovery code, as somebody typed it."""

    code: Annotated[Line, Field(min_length=1, max_length=100)]


class EmailForm(Form):
    """An address to write to."""

    email: Line

    @field_validator("email")
    @classmethod
    def _addressable(cls, email: str) -> str:
        return check_email(email)


class NewPasswordForm(Form):
    """Judged together with the person's name, in the action."""

    password: str


class ChangeEmailForm(EmailForm):
    password: Annotated[str, Field(min_length=1, max_length=1024)]
