"""What all documents share: plain pydantic, frozen, nothing unknown let in."""

from pydantic import BaseModel, ConfigDict

__all__ = ["Document"]


class Document(BaseModel):
    """A noun. Change one with `model_copy(update=…)`; ids are 63-bit integers, times aware UTC in milliseconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")
