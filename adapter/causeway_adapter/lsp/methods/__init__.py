"""One file a method of the protocol; each has `register(server)`."""
