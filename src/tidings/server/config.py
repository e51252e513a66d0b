"""How a worker serves: Hypercorn's configuration with our defaults, from hypercorn.toml or without it."""

import tomllib
from pathlib import Path
from typing import Any

from hypercorn.config import Config

from tidings.errors import SettingsError

__all__ = ["DEFAULTS", "DEFAULT_FILE", "ServerConfig", "load_config", "read_config_file"]

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


class ServerConfig(Config):
    """Hypercorn's configuration; `worker_number`, where set, is told in a header of every response, a 101 too."""

    worker_number: int | None = None
    head_timeout: float = DEFAULTS["head_timeout"]

    def response_headers(self, protocol: str) -> list[tuple[bytes, bytes]]:
        """What every response carries, also those that Hypercorn makes itself (400, 101, 500)."""
        headers = super().response_headers(protocol)
        if self.worker_number is not None:
            headers.append((b"tidings-worker", b"%d" % self.worker_number))
        return headers


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


def load_config(path: Path | None, worker_number: int | None = None) -> ServerConfig:
    """The configuration of one worker."""
    config = ServerConfig()
    for name, value in read_config_file(path).items():
        setattr(config, name, value)
    config.worker_number = worker_number
    config.errorlog = None
    return config
