"""One worker process: builds the application and serves it from the listening socket it inherited.

Started by the supervisor as `python -m tidings.server.worker`; SIGTERM stops it, SIGHUP retires it. It ends with
status 78 (EX_CONFIG) after saying why, where starting it again would not help.
"""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from tidings.server.processes import CANNOT_START, GO, READY
from tidings.server.tether import die_with_parent

__all__ = ["main"]

logger = logging.getLogger("tidings.server")


def main() -> None:
    """Entry point of the process."""
    arguments = _arguments()
    die_with_parent(arguments.parent)
    # After it, so that a supervisor that is gone already is noticed before the long imports.
    from tidings.errors import TidingsError
    from tidings.server.logs import set_up_logging
    from tidings.settings import read_settings

    status = 0
    try:
        settings = read_settings()
        set_up_logging(settings.log_format, settings.log_level)
        asyncio.run(_serve(arguments, settings))
    except TidingsError as error:
        print(error.sentence, file=sys.stderr)
        status = CANNOT_START
    except Exception:
        logger.exception("Worker %d failed", arguments.number)
        status = 1
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # Everything is closed by now. An ordinary exit would still wait for the driver's threads, one of which may
    # be waiting for the database, or for a name that does not resolve.
    os._exit(status)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tidings.server.worker")
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--number", type=int, required=True)
    parser.add_argument("--listener", type=int, required=True)
    parser.add_argument("--notify", type=int, required=True)
    parser.add_argument("--app", required=True)
    parser.add_argument("--config", type=Path)
    parser.add_argument("--demo", action="store_true", help="write the demo, with TIDINGS_DEMO_PASSWORD")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace, settings: Any) -> None:
    from tidings.server.config import load_config
    from tidings.server.graceful import Stop, serve
    from tidings.server.proxies import TrustedProxies

    loop = asyncio.get_running_loop()
    stop = Stop()
    loop.add_signal_handler(signal.SIGTERM, stop.stop)
    loop.add_signal_handler(signal.SIGHUP, stop.retire)
    module_name, _, factory = arguments.app.partition(":")
    module = import_module(module_name)
    # Everything is imported; the database may not be there yet.
    if await asyncio.to_thread(sys.stdin.buffer.read, 1) != GO:
        return
    app = getattr(module, factory)(settings)
    drain: Callable[..., Any] | None = getattr(module, "drain", None)
    config = load_config(arguments.config, None if settings.production else arguments.number)

    async def started() -> None:
        if arguments.demo:
            from tidings.demo import fill

            # In this process, since memory:// keeps nothing anywhere else; written before anybody is told the address.
            parts = app.extensions["tidings"]
            await fill(parts.storage, parts.passwords, os.environ["TIDINGS_DEMO_PASSWORD"])
        os.write(arguments.notify, READY)
        os.close(arguments.notify)
        logger.info("Worker %d (process %d) is ready", arguments.number, os.getpid())

    await serve(
        TrustedProxies(app, settings.trusted_proxies) if settings.trusted_proxies else app,
        config,
        socket.socket(fileno=arguments.listener),
        stop,
        started=started,
        drain=partial(drain, app) if drain is not None else None,
    )


if __name__ == "__main__":
    main()
