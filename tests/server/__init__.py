"""The processes: mongod, supervisor, workers, what they say on the wire, and the command line."""
