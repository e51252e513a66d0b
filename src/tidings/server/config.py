"""Hypercorn's configuration for one worker."""

from pathlib import Path

from hypercorn.config import Config

from tidings.server.options import DEFAULTS, read_config_file

__all__ = ["ServerConfig", "load_config"]


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


def load_config(path: Path | None, worker_number: int | None = None) -> ServerConfig:
    """The configuration of one worker."""
    config = ServerConfig()
    for name, value in read_config_file(path).items():
        setattr(config, name, value)
    config.worker_number = worker_number
    config.errorlog = None
    return config
