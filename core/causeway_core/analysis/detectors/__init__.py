"""Detectors: each looks for one kind of bug and yields candidates (races, judged by the filters) or finished findings (from events).

One file a detector, grouped by subject. A detector proposes whatever its pattern allows and the concurrency of two actors does not rule out.
"""
