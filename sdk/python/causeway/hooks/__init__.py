"""What the recorder watches in the standard library, one file a library."""

INSTALLED = (
    *("threads", "queues", "futures", "asyncio", "uvloop", "trio", "anyio"),
    *("processes", "multiprocessing", "semaphores", "sharing", "managers", "filelocks", "forkserver", "signals", "debugger"),
)
"""Hooks in the order in which they are put in place; each file has `install()`."""
