"""From committed changes to open sockets: `relay` reads, `history` remembers, `hub` knows who listens."""
