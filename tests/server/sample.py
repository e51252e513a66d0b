"""A small application with everything that a server can do wrong: slow answers, bodies, websockets, a drain."""

import asyncio
import os
from typing import Any

from quart import Quart, Response, request, websocket

SERVICE_RESTART = 1012


def create_app(settings: Any) -> Quart:
    """The application, as `tidings.app.create_app` is called."""
    if os.environ.get("SAMPLE_FAILS"):
        raise RuntimeError("made to fail")
    app = Quart(__name__)
    app.extensions["sockets"] = set()
    app.extensions["undecided"] = 0

    @app.get("/pid")
    async def pid() -> str:
        return str(os.getpid())

    @app.get("/who")
    async def who() -> dict[str, Any]:
        return {"client": request.scope["client"][0], "scheme": request.scheme}

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(float(request.args["seconds"]))
        return f"done {os.getpid()}"

    @app.post("/length")
    async def length() -> str:
        return str(len(await request.get_data()))

    @app.get("/large")
    async def large() -> Response:
        return Response(b"x" * int(request.args["bytes"]))

    @app.get("/fails")
    async def fails() -> str:
        raise RuntimeError("made to fail")

    @app.websocket("/echo")
    async def echo() -> None:
        await websocket.accept()
        sockets = app.extensions["sockets"]
        me = websocket._get_current_object()  # type: ignore[attr-defined]
        sockets.add(me)
        try:
            while True:
                message = await websocket.receive()
                await websocket.send(message)
        finally:
            sockets.discard(me)

    @app.websocket("/undecided")
    async def undecided() -> None:
        app.extensions["undecided"] += 1
        try:
            await asyncio.sleep(60)
        finally:
            app.extensions["undecided"] -= 1

    @app.get("/undecided/count")
    async def undecided_count() -> str:
        return str(app.extensions["undecided"])

    return app


async def drain(app: Quart) -> None:
    """Tell every socket to come back elsewhere."""
    for socket in list(app.extensions["sockets"]):
        await socket.close(SERVICE_RESTART)
