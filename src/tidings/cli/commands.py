"""The commands and their options; what each does is imported only when it runs."""

from pathlib import Path

import click

import tidings as package

__all__ = ["tidings"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package.__version__, prog_name="tidings")
def tidings() -> None:
    """A social blog that you host yourself and that is live."""


@tidings.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes a free one.  [default: 8000]")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer.  [default: 1]")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Settings of the server.  [default: hypercorn.toml, if there is one here]",
)
@click.option("--demo", is_flag=True, help="With people, posts and a sign-in to look around; on loopback only.")
def serve(host: str | None, port: int | None, workers: int | None, config: Path | None, demo: bool) -> None:
    """Serve the site, with a database of its own unless TIDINGS_DATABASE_URL names one."""
    from tidings.server.logs import set_up_logging
    from tidings.server.serving import serve
    from tidings.settings import read_settings

    settings = read_settings()
    set_up_logging(settings.log_format, settings.log_level)
    serve(settings, host=host, port=port, workers=workers, config=config, demo=demo)
