"""Event loops that are blocked, deadlocked with a thread, or touched from a thread that does not run them."""
