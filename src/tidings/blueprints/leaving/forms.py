"""What the form about leaving sends."""

from typing import Annotated

from pydantic import Field

from tidings.web.forms import Form

__all__ = ["DeleteForm"]


class DeleteForm(Form):
    password: Annotated[str, Field(min_length=1, max_length=1024)]
