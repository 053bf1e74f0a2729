"""What comes into a program from outside: clocks, chance, the environment, other services, databases.

Recorded while a program is recorded with `CAUSEWAY_REPLAYABLE` set, and replayed in a re-run whose `CAUSEWAY_ANSWERS` names a file of them
(sdk/SPEC.md section 10). One file a source, each with both halves: `record` writes down what really came, `replay` answers from the record. Only
questions of recorded code count; libraries ask their own, whose number differs from run to run.
"""

from __future__ import annotations

LIBRARIES: tuple[tuple[str, str], ...] = (
    ("http.client", "httpclient"),
    ("httpx._transports.default", "httpx"),
    ("aiohttp.client_reqrep", "aiohttp"),
    ("sqlite3.dbapi2", "databases"),
)
"""Module to wait for, file here that records and replays its answers."""
