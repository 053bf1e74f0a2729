"""One file a command that clients may have executed; each has `register(server)`."""
