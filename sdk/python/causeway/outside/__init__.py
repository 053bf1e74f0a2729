"""What comes into a program from outside: clocks, chance, the environment, other services, databases.

Taken down while a program is recorded with `CAUSEWAY_REPLAYABLE` set, and given again in a re-run whose `CAUSEWAY_ANSWERS` names a file of
them (sdk/SPEC.md section 10). One file a source, each with both halves: `take` notes what really came, `give` puts the record in its place. Only
what recorded code asks for counts; libraries ask their own questions, whose number differs from run to run.
"""

from __future__ import annotations

LIBRARIES: tuple[tuple[str, str], ...] = (
    ("http.client", "httpclient"),
    ("httpx._transports.default", "httpx"),
    ("aiohttp.client_reqrep", "aiohttp"),
    ("sqlite3.dbapi2", "databases"),
)
"""Module to wait for, file here that takes and gives its answers."""
