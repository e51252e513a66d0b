"""Process supervisor, graceful Hypercorn, embedded mongod."""
