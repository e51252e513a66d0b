"""Serves the sample application with the real supervisor: serve_sample PORT WORKERS [CONFIG]."""

import sys
from pathlib import Path

from tidings.errors import TidingsError
from tidings.server.logs import set_up_logging
from tidings.server.serving import serve
from tidings.settings import read_settings

if __name__ == "__main__":
    settings = read_settings()
    set_up_logging(settings.log_format, settings.log_level)
    config = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    try:
        serve(
            settings,
            port=int(sys.argv[1]),
            workers=int(sys.argv[2]),
            config=config,
            app="tests.server.sample:create_app",
        )
    except TidingsError as error:
        raise SystemExit(error.sentence) from None
