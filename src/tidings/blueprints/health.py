"""For load balancers and people who watch: is it alive, can it serve."""

from quart import Blueprint
from quart.typing import ResponseReturnValue

from tidings.auth.guards import anonymous
from tidings.errors import UnavailableError
from tidings.parts import parts

__all__ = ["blueprint"]

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@anonymous
async def alive() -> ResponseReturnValue:
    """The process answers. Asks nothing of the database."""
    return {"status": "alive"}


@blueprint.get("/readyz")
@anonymous
async def ready() -> ResponseReturnValue:
    """The process can serve: the whole live path, from a write to the relay, answers within two seconds."""
    if parts().hub.draining:
        raise UnavailableError("This process is stopping.")
    if not parts().relay.caught_up.is_set():
        raise UnavailableError("This process is still reading what happened before it started.")
    await parts().relay.check()
    return {"status": "ready", "position": str(parts().relay.position)}
