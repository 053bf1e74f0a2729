"""Atomicity violations: an operation of several steps that is correct alone and breaks when another actor runs between its steps.

Lost updates, check-then-use, torn reads, invariants over two locations, changes during iteration, duplicate computation and removal.
"""
