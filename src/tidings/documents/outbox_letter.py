"""A letter that waits to be sent."""

from datetime import datetime

from tidings.documents.base import Document

__all__ = ["OutboxLetter"]


class OutboxLetter(Document):
    """`id` is random and becomes part of the Message-ID, so that a letter that goes out twice is known as one.

    `due_at` is when it is to be tried next; `attempts` counts how often somebody took it to send it. The link in its
    text is good for whoever reads it, so the row goes as soon as the letter has gone.
    """

    id: str
    to: str
    subject: str
    text: str
    html: str
    created_at: datetime
    due_at: datetime
    attempts: int = 0
