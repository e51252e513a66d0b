"""Storage: what may be asked (`protocols`), and engines that answer, opened by URL."""

from urllib.parse import urlsplit

from tidings.errors import SettingsError
from tidings.repositories.protocols import Storage
from tidings.settings import Settings

__all__ = ["open_storage"]


def open_storage(settings: Settings) -> Storage:
    """The engine that TIDINGS_DATABASE_URL names, not yet opened. SettingsError where it names none."""
    if settings.database_url is None:
        raise SettingsError(
            "No database: set TIDINGS_DATABASE_URL to mongodb://host/name or to memory://, "
            "or start with `tidings serve`, which brings a mongod of its own."
        )
    # Imported only now: the command line and the process supervisor start without the driver.
    if urlsplit(settings.database_url).scheme == "memory":
        from tidings.repositories.mongo.memory import MemoryStorage

        return MemoryStorage()
    from tidings.repositories.mongo.storage import MongoStorage

    return MongoStorage(settings.database_url, settings.slow_query_ms)
