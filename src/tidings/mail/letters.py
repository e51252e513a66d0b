"""Composes letters from their templates: a subject, a text and an HTML part each."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tidings.mail.mailer import Letter

__all__ = ["Letters"]


class Letters:
    """`folder` holds mail/<name>.subject.txt, .txt and .html; subjects begin with the site's name in brackets."""

    def __init__(self, folder: Path, site_name: str) -> None:
        self._site_name = site_name
        self._environment = Environment(
            loader=FileSystemLoader(folder / "mail"),
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def compose(self, name: str, to: str, **values: Any) -> Letter:
        """The letter `name` to the address `to`, with `values` for its templates."""

        def part(ending: str) -> str:
            template = self._environment.get_template(f"{name}.{ending}")
            return template.render(site_name=self._site_name, **values).strip()

        subject = " ".join(part("subject.txt").split())
        return Letter(to=to, subject=f"[{self._site_name}] {subject}", text=part("txt") + "\n", html=part("html"))
