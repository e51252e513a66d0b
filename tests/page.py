"""An answer of the site with the questions that tests ask of it."""

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import html5lib
import httpx2

__all__ = ["Page", "elements", "text_of"]


def elements(tree: Element, tag: str | None = None, **attributes: str | None) -> Iterator[Element]:
    """Elements below with this tag and these attributes (`data_id` asks for data-id; None asks that it is there)."""
    for element in tree.iter():
        if not isinstance(element.tag, str) or (tag is not None and element.tag != tag):
            continue
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        if all(name in element.attrib and value in (None, element.attrib[name]) for name, value in wanted.items()):
            yield element


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


class Page:
    """Status, headers and what the markup says."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.text

    def __repr__(self) -> str:
        return f"<Page {self.response.request.method} {self.response.request.url} {self.status}>"

    @property
    def location(self) -> str:
        """Where a redirect leads, without the site's own origin; a foreign one keeps its host."""
        location = str(self.headers.get("Location", ""))
        parts, own = urlsplit(location), self.response.request.url
        if parts.netloc and parts.netloc != own.netloc.decode():
            return location
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        return parts.path + (f"?{parts.query}" if parts.query else "") + fragment

    @cached_property
    def tree(self) -> Element:
        tree = html5lib.parse(self.text, treebuilder="etree", namespaceHTMLElements=False)
        assert isinstance(tree, Element)
        return tree

    def json(self) -> Any:
        return json.loads(self.text)

    def all(self, tag: str | None = None, **attributes: str | None) -> list[Element]:
        return list(elements(self.tree, tag, **attributes))

    def one(self, tag: str | None = None, **attributes: str | None) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements are {tag} {attributes} in {self}"
        return found[0]

    @property
    def errors(self) -> dict[str, str]:
        """The sentences about refused fields by field."""
        return {element.attrib["data-error"]: text_of(element) for element in self.all(data_error=None)}

    @property
    def post_ids(self) -> list[int]:
        """The posts on the page in their order."""
        return [int(element.attrib["data-id"]) for element in self.all("article", data_id=None)]

    @property
    def channel(self) -> str:
        return self.one("main", data_channel=None).attrib["data-channel"]

    @property
    def position(self) -> str:
        return self.one("main", data_position=None).attrib["data-position"]

    def field(self, name: str) -> str:
        """What stands in a form's field."""
        found = [e for tag in ("input", "textarea", "select") for e in self.all(tag, name=name)]
        assert found, f"there is no field {name} in {self}"
        element = found[0]
        if element.tag == "textarea":
            return "".join(element.itertext())
        if element.tag == "select":
            chosen = [option for option in elements(element, "option") if "selected" in option.attrib]
            return chosen[0].attrib["value"] if chosen else ""
        if element.attrib.get("type") == "radio":
            return next((e.attrib["value"] for e in found if "checked" in e.attrib), "")
        return element.attrib.get("value", "")

    def links(self) -> list[str]:
        return [element.attrib["href"] for element in self.all("a", href=None)]
