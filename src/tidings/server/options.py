"""What can be set about serving: the defaults, and hypercorn.toml over them."""

import tomllib
from pathlib import Path
from typing import Any

from tidings.errors import SettingsError

__all__ = ["DEFAULTS", "DEFAULT_FILE", "read_config_file"]

DEFAULT_FILE = Path("hypercorn.toml")
# The same values stand in hypercorn.toml, with the reason of each beside it; a test holds the two equal.
DEFAULTS: dict[str, Any] = {
    "bind": ["127.0.0.1:8000"],
    "workers": 1,
    "backlog": 4096,
    "graceful_timeout": 5.0,
    "shutdown_timeout": 1.5,
    "keep_alive_timeout": 75.0,
    "keep_alive_max_requests": 1000,
    "h11_max_incomplete_size": 16384,
    "head_timeout": 10.0,
    "include_server_header": False,
    "websocket_ping_interval": 15.0,
    "websocket_max_message_size": 16384,
}
FOREIGN = ("certfile", "keyfile", "ca_certs", "quic_bind", "insecure_bind")


def read_config_file(path: Path | None) -> dict[str, Any]:
    """The values of this file over the defaults. None: hypercorn.toml of the working directory, if there is one.

    SettingsError where the file cannot be read, or asks for what only Hypercorn's own command does.
    """
    if path is None:
        if not DEFAULT_FILE.is_file():
            return dict(DEFAULTS)
        path = DEFAULT_FILE
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
    asked = [name for name in FOREIGN if name in values]
    if asked:
        raise SettingsError(
            f"{path} sets {', '.join(asked)}: `tidings serve` speaks plain HTTP/1.1. Put a proxy with TLS before it, "
            "or run `hypercorn -c hypercorn.toml 'tidings.app:create_app()'` yourself."
        )
    if isinstance(values.get("bind"), str):
        values["bind"] = [values["bind"]]
    return {**DEFAULTS, **values}
