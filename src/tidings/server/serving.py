"""What `tidings serve` does from its options to its end."""

import ipaddress
import signal
import sys
from pathlib import Path

from tidings.errors import SettingsError
from tidings.server.data_dir import kept_secret, prepare_folder
from tidings.server.database import database_of
from tidings.server.listener import bind
from tidings.server.options import read_config_file
from tidings.server.supervisor import Supervisor, Workforce
from tidings.settings import Settings

__all__ = ["demo_password", "serve"]

APP = "tidings.app:create_app"


def serve(
    settings: Settings,
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    config: Path | None = None,
    demo: bool = False,
    app: str = APP,
) -> None:
    """Serve until told to stop. What is None is taken from the configuration file, then from the defaults.

    SettingsError says what must be changed first.
    """
    values = read_config_file(config)
    bound_host, _, bound_port = str(values["bind"][0]).rpartition(":")
    host = host or bound_host.strip("[]")
    port = int(bound_port) if port is None else port
    settings.check()
    if workers is None:
        workers = 1 if settings.in_memory else int(values["workers"])
    if settings.in_memory and workers > 1:
        raise SettingsError(
            "memory:// lives inside one process: the workers would not see each other's posts. "
            "Use --workers 1, or a MongoDB (leave TIDINGS_DATABASE_URL unset for the embedded one)."
        )
    if demo:
        _refuse_demo_beyond_loopback(settings, host)
    environment, greeting = {}, ""
    if demo:
        password = demo_password(settings)
        environment["TIDINGS_DEMO_PASSWORD"] = password
        greeting = f"Sign in as ada with the password {password}"
    # From here on there is something to put away; the supervisor takes the signal over once it runs.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # The port first: that it is taken is known at once, and whoever comes meanwhile waits in the backlog.
    listener = bind(host, port, int(values["backlog"]))
    try:
        with database_of(settings, serving=True) as database:
            force = Workforce(
                workers=workers,
                app=app,
                config=config,
                graceful_seconds=float(values["graceful_timeout"]) + float(values["shutdown_timeout"]),
                environment=environment,
                demo=demo,
                greeting=greeting,
            )
            Supervisor(listener, database, force).run()
    finally:
        listener.close()


def demo_password(settings: Settings) -> str:
    """The password of the demo's people: made once per data folder, and kept there for its owner alone."""
    return kept_secret(prepare_folder(settings.data_dir) / "demo_password", make_size=9)


def _refuse_demo_beyond_loopback(settings: Settings, host: str) -> None:
    if settings.production:
        raise SettingsError("The demo's password is shown to everybody: it is not for a site with an https base URL.")
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise SettingsError(f"The demo's password is shown to everybody: it is for 127.0.0.1 only, not for {host}.")
