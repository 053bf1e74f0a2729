"""Futures and tasks: resolved twice, resolved after they were cancelled, and exceptions that nothing retrieves."""
