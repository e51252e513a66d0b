"""The `tidings` command beside a server that runs, whose database it shares."""

import asyncio
import sys

from tests.running import Server, clean_environment

__all__ = ["tidings"]


async def tidings(server: Server, *words: str) -> str:
    """What it says; a test fails where it ends with an error."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tidings", *words),
        cwd=server.folder,
        env=clean_environment() | {"TIDINGS_DATA_DIR": str(server.folder / "data")},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()
