"""Races on files: check-then-use, concurrent read-modify-write, shared temporary names, gaps while a file is replaced."""
