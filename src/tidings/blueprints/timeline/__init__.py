"""Home, the public timeline, and the live socket."""

from tidings.blueprints.timeline.socket import live
from tidings.blueprints.timeline.views import blueprint

__all__ = ["blueprint"]

blueprint.add_websocket("/live", "live", live)
