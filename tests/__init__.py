"""What Tidings promises, tried: rooms of its own for engines, pages, sockets, processes and the house itself."""
