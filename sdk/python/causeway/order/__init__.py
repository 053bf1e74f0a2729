"""Forced re-runs: a program runs again under a partial order of named places (sdk/SPEC.md section 9).

Nothing of this is imported unless `CAUSEWAY_ORDER` is set or a test uses it.
"""
