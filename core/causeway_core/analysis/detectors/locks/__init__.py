"""Deadlocks: those that happened, lock-order inversions, waits inside a critical section, and locks that their own holder acquires again."""
