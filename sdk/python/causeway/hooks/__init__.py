"""Hooks of the recorder in the standard library, one file per library."""

INSTALLED = (
    *("threads", "queues", "futures", "asyncio", "uvloop", "trio", "anyio", "aiosqlite", "schedulers"),
    *("processes", "multiprocessing", "sockets", "selectors", "semaphores", "sharing", "managers", "filelocks", "forkserver", "signals", "debugger"),
)
"""Hooks in the order of their installation; each file has `install()`."""
