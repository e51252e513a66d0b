"""The data folder: made private, held by one process at a time, with the secrets that live in it."""

import fcntl
import json
import os
import secrets
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from tidings.errors import SettingsError

__all__ = ["Busy", "FolderLock", "Holder", "kept_secret", "prepare_folder"]

LOCK = "mongod.lock"
PAUSE = 0.05


def prepare_folder(folder: Path) -> Path:
    """The data folder as an absolute path, made for its owner alone if it is not there.

    SettingsError where it cannot be written.
    """
    folder = folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SettingsError(
            f"The data folder {folder} cannot be written ({error.strerror}). "
            "Make it writable for this user, or set TIDINGS_DATA_DIR to another folder."
        ) from error
    return folder


def kept_secret(path: Path, make_size: int = 32) -> str:
    """The secret in this file; made once, from `make_size` random bytes, readable for its owner alone."""
    try:
        if text := path.read_text("utf-8").strip():
            return text
        path.unlink()
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The secret in {path} cannot be read: {error}. Make it readable, or remove it.") from error
    # Written beside and linked into place, so that of two processes at once both read the same one.
    beside = path.with_name(f".{path.name}-{os.getpid()}")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(make_size) + "\n")
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(beside, path)
    beside.unlink()
    return path.read_text("utf-8").strip()


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a data folder. `url` is empty until its database takes writes."""

    pid: int
    serving: bool
    url: str = ""

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return True


class Busy(Exception):  # noqa: N818 - not an error where the running database can be shared
    """A server holds the folder; `holder` says which."""

    def __init__(self, holder: Holder) -> None:
        self.holder = holder
        super().__init__(holder.pid)


class FolderLock:
    """Holds a data folder. The mongod inherits `descriptor`, so the lock ends when *both* it and its owner are gone."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK
        self.descriptor = -1
        self.serving = False

    def take(self, serving: bool, patience: float = 10.0) -> None:
        """Take the lock. Raises Busy at once where a living server has it, whose database can be used as well.

        Waits up to `patience` seconds for a short command to end, or for what a killed server left to be gone;
        then SettingsError.
        """
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SettingsError(f"{self.path} cannot be opened ({error.strerror}). Make it writable.") from error
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = self.holder()
                if holder is not None and holder.serving and holder.alive and (holder.url or serving):
                    os.close(descriptor)
                    raise Busy(holder) from None
                if time.monotonic() > deadline:
                    os.close(descriptor)
                    who = f"process {holder.pid}" if holder is not None else "another process"
                    raise SettingsError(
                        f"The data folder {self.path.parent} is in use by {who}. "
                        "Wait until it is done, or set TIDINGS_DATA_DIR to another folder."
                    ) from None
                time.sleep(PAUSE)
            else:
                break
        self.descriptor = descriptor
        self.serving = serving
        self.tell(Holder(os.getpid(), serving))

    def tell(self, holder: Holder) -> None:
        """Write down who holds the folder, for others to read."""
        data = json.dumps(asdict(holder)).encode()
        os.pwrite(self.descriptor, data, 0)
        os.ftruncate(self.descriptor, len(data))

    def holder(self) -> Holder | None:
        """Who holds the folder, as last written down; None where nobody ever did."""
        try:
            return Holder(**json.loads(self.path.read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def release(self) -> None:
        if self.descriptor >= 0:
            os.ftruncate(self.descriptor, 0)
            os.close(self.descriptor)
            self.descriptor = -1
