"""Where the mongod is, and what its failures mean: a sentence that says what to do."""

import json
import os
import shutil
import signal
from importlib.util import find_spec
from pathlib import Path

from tidings.errors import SettingsError

__all__ = ["WAYS_OUT", "explain", "find_binary", "last_words"]

WAYS_OUT = """\
There is no MongoDB to keep anything in. Three ways out:
  1. install the one that comes with Tidings:  pip install 'tidings[embedded]'  (Linux on x86_64)
  2. use one that runs already:  TIDINGS_DATABASE_URL=mongodb://host:27017/tidings  (a replica set)
  3. just look around, keeping nothing:  TIDINGS_DATABASE_URL=memory://"""
LIBRARIES = "On Debian and Ubuntu: apt-get install libcurl4 libssl3"
WRONG_VERSION = 62
LOG_TAIL = 64 * 1024


def find_binary() -> Path:
    """The mongod of PATH, else that of the extra `embedded`. SettingsError names the ways out where there is none."""
    found = shutil.which("mongod")
    if found is not None:
        return Path(found).absolute()
    # find_spec of a top-level name looks for the package without importing it.
    spec = find_spec("fiftyone")
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        binary = Path(folder) / "db" / "bin" / "mongod"
        if binary.is_file():
            if not os.access(binary, os.X_OK):
                raise SettingsError(f"{binary} is not executable. Do this:  chmod +x '{binary}'")
            return binary
    raise SettingsError(WAYS_OUT)


def last_words(log: Path, lines: int = 5) -> list[str]:
    """The last errors (else the last lines) of a mongod's log, shortened for people."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - LOG_TAIL))
            raw = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return []
    entries = []
    for line in raw:
        try:
            entry = json.loads(line)
            details = entry.get("attr", {})
            reason = details.get("error", details.get("message", details))
            if isinstance(reason, dict):
                reason = reason.get("msg") or reason.get("errmsg") or reason
            entries.append((entry["s"], f"{entry['msg']}: {reason}"[:400]))
        except (ValueError, KeyError, AttributeError):
            continue
    grave = [text for severity, text in entries if severity in ("E", "F")]
    return (grave or [text for _, text in entries])[-lines:]


def explain(code: int, output: str, log: Path, data: Path) -> str:
    """Why a mongod ended with exit status `code` (negative: the signal), after printing `output`, and what to do."""
    if "error while loading shared libraries" in output:
        library = output.split("error while loading shared libraries:")[1].split(":")[0].strip()
        return f"The embedded database cannot start: this machine lacks the library {library}. {LIBRARIES}"
    if code == -signal.SIGILL:
        return (
            "The embedded database cannot run on this processor (MongoDB needs AVX). "
            "Set TIDINGS_DATABASE_URL to a database that runs elsewhere."
        )
    if code in (126, 127):
        return (
            f"The embedded database's program cannot be run: {output.strip() or 'no reason given'}. "
            "Is it executable and made for this machine? Another can be put first on PATH."
        )
    words = [*last_words(log), *output.strip().splitlines()[-3:]]
    told = "".join(f"\n  {line}" for line in words) or "\n  (it said nothing)"
    if code == WRONG_VERSION:
        return (
            f"The data in {data} was written by another version of MongoDB than the one found. "
            f"Put that version first on PATH, or set TIDINGS_DATA_DIR to another folder. It said:{told}"
        )
    if "No space left" in told:
        return f"The disk of {data} is full. Make room, or set TIDINGS_DATA_DIR to a folder on another disk."
    if "DBPathInUse" in told:
        return f"The data in {data} is used by another mongod. Stop it, or set TIDINGS_DATA_DIR to another folder."
    ended = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
    return (
        f"The embedded database {ended} before it was ready. If its data in {data} is damaged, restore a copy or set "
        f"TIDINGS_DATA_DIR to another folder. The end of {log}:{told}"
    )
