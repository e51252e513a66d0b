"""Processes: the supervisor, its workers on a graceful Hypercorn, and the embedded mongod."""
