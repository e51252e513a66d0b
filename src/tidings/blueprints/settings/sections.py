"""The sections of the settings, in the order in which they are listed."""

from typing import NamedTuple

from quart import current_app

__all__ = ["SECTIONS", "Section", "sections"]


class Section(NamedTuple):
    path: str
    title: str


# One line for each section, wherever its view is.
SECTIONS = (
    Section("/settings/profile", "Profile"),
    Section("/settings/password", "Password"),
    Section("/settings/email", "Address"),
    Section("/settings/two-factor", "Two steps"),
    Section("/settings/sessions", "Signed in"),
    Section("/settings/delete", "Your data"),
)


def sections() -> list[Section]:
    """Those that this application answers: a list never leads to where nothing is."""
    answered = {rule.rule for rule in current_app.url_map.iter_rules()}
    return [section for section in SECTIONS if section.path in answered]
