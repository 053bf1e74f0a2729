"""Detectors: each looks for one kind of trouble and yields candidates (races) or finished findings (certainties).

One file a detector. A detector proposes whatever its pattern allows and two actors' concurrency does not rule out; filters judge.
"""
