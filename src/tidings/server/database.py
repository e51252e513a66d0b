"""Which database a command works with: the one of the settings, the running embedded one, or one of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tidings.errors import SettingsError
from tidings.server.data_dir import Busy, FolderLock, Holder, kept_secret, prepare_folder
from tidings.server.mongod import EmbeddedMongod
from tidings.settings import Settings

__all__ = ["Database", "database_of"]


@dataclass(frozen=True, slots=True)
class Database:
    """Settings that are complete, and the mongod behind them where this process owns it."""

    settings: Settings
    mongod: EmbeddedMongod | None = None
    lock: FolderLock | None = None

    def wait(self) -> None:
        """Wait until the database takes writes, and let others know where it is. SettingsError where it cannot."""
        if self.mongod is not None and self.lock is not None:
            url = self.mongod.wait()
            self.lock.tell(Holder(os.getpid(), self.lock.serving, url))

    @property
    def environment(self) -> dict[str, str]:
        """What child processes must be told: settings that were not read from the environment but found out."""
        found = {
            "TIDINGS_DATABASE_URL": self.settings.database_url,
            "TIDINGS_SECRET_KEY": self.settings.secret_key,
        }
        return {name: value for name, value in found.items() if value is not None}


@contextmanager
def database_of(settings: Settings, *, serving: bool = False) -> Iterator[Database]:
    """The database for as long as the context lasts.

    Without TIDINGS_DATABASE_URL the embedded mongod is started, or, where a server runs on the same data folder
    already, its mongod is used (but not by a second server). A server has to `wait` for it, and can do other things
    before. Raises SettingsError with what to do. Enter it from the main thread.
    """
    if settings.database_url is not None:
        yield Database(settings)
        return
    folder = prepare_folder(settings.data_dir)
    secret = settings.secret_key or kept_secret(folder / "secret_key")
    complete = settings.model_copy(update={"secret_key": secret, "data_dir": folder})
    lock = FolderLock(folder)
    try:
        lock.take(serving)
    except Busy as busy:
        if serving:
            raise SettingsError(
                f"Another `tidings serve` (process {busy.holder.pid}) uses the data folder {folder}. "
                "Stop it first, or give this one a folder of its own: TIDINGS_DATA_DIR=…"
            ) from None
        yield Database(complete.model_copy(update={"database_url": busy.holder.url}))
        return
    mongod = EmbeddedMongod(folder, keep_open=lock.descriptor)
    try:
        mongod.launch()
        database = Database(complete.model_copy(update={"database_url": mongod.url}), mongod, lock)
        if not serving:
            database.wait()
        yield database
    finally:
        mongod.stop()
        lock.release()
