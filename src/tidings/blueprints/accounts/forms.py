"""What the forms about accounts send."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from tidings.web.addresses import MAX_EMAIL, check_email
from tidings.web.forms import Form, Line
from tidings.web.names import name_problem

__all__ = ["ChangeEmailForm", "CodeForm", "EmailForm", "LoginForm", "NewPasswordForm", "RegisterForm"]


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
