"""The code keeps its habits: one idea a file, a sentence at the top, rooms that do not reach into each other."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "src/tidings").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LONGEST = 400


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=name_of)
def test_a_file_is_short_and_says_in_a_sentence_what_it_holds(path: Path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring, "no docstring"
    assert docstring.split("\n\n")[0].rstrip().endswith((".", ":", "`", ")")), docstring


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_reads_the_environment_by_itself(path: Path):
    """Settings are read in one place."""
    if path.relative_to(ROOT / "src/tidings").parts[0] in ("settings.py", "server", "cli"):
        return
    names = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert not names & {"os.environ", "os.getenv"}


def test_only_one_line_of_all_scripts_opens_a_socket():
    scripts = [path.read_text(encoding="utf-8") for path in (ROOT / "static").rglob("*.js")]
    assert sum(text.count("new WebSocket") for text in scripts) == 1


def test_rooms_import_one_way():
    """The contracts in pyproject.toml; CI runs them too, this tells the developer sooner."""
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-500:]


def test_every_decision_about_an_import_is_absolute():
    relative = [
        name_of(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_the_smallest_example_begins_in_a_few_lines():
    example = (ROOT / "examples/minimal.py").read_text(encoding="utf-8")
    assert "create_app" in example
    assert "memory://" in example
    code = [line for line in example.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert len(code) <= 30
