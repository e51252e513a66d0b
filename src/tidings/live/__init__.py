"""From committed changes to open sockets: relay, history, hub, channels."""
