"""What an email address may be."""

import re

__all__ = ["MAX_EMAIL", "check_email"]

MAX_EMAIL = 254
# What browsers accept in <input type=email> (WHATWG HTML, "valid e-mail address"), so that page and server agree.
EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*",
    re.ASCII,
)


def check_email(email: str) -> str:
    """The address itself; ValueError with a sentence where it cannot be one."""
    if len(email) > MAX_EMAIL or EMAIL.fullmatch(email) is None:
        raise ValueError("This does not look like an address. Please check it.")
    return email
