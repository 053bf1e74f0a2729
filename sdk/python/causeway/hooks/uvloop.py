"""uvloop: its handles are written in C and have no marks, so the methods that make handles wrap the callbacks instead.

Tasks, futures, locks and queues are asyncio's own and recorded as such. Code that uvloop calls itself (protocols, when data arrives) is attributed to
the thread, not to a callback with its own cause: a GAP records that.
"""

from __future__ import annotations

from causeway._tap import Around
from causeway.hooks.late import on_import
from causeway.hooks.records import unseen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

CALL_SOON, TIMER, READER, THREADSAFE = 1, 2, 3, 4
SCHEDULING = (
    ("call_soon", CALL_SOON, 1),
    ("call_soon_threadsafe", THREADSAFE, 1),
    ("call_later", TIMER, 2),
    ("call_at", TIMER, 2),
    ("add_reader", READER, 2),
    ("add_writer", READER, 2),
    ("add_signal_handler", READER, 2),
)
"""Method, kind of its handles, index of the callback (0 is self)."""


def install() -> None:
    """Record uvloop once the program has imported it."""
    on_import("uvloop", _uvloop)


def _uvloop(module: ModuleType) -> None:
    loop: Any = module.Loop
    for name, kind, place in SCHEDULING:
        setattr(loop, name, Around(getattr(loop, name), hook="uvloop", handle=kind, callback=place))
    unseen("uvloop", "what the loop calls by itself when I/O is ready has no step of its own")
