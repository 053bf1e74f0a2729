"""Libraries that switch between tasks of their own inside a thread, which the recorder does not tell apart: the recording says so.

Without that, a program whose tasks race would be reported as one actor without findings.
"""

from __future__ import annotations

from causeway.hooks.late import on_import
from causeway.hooks.records import unseen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

_GREENLETS = "its greenlets are not told apart from the thread they run in, so races between them are not found"
_CALLBACKS = "callbacks of its reactor are not told apart from the thread they run in, so races between them are not found"
_TASKS = "its tasks are not told apart from the thread they run in, so races between them are not found"
SCHEDULERS = {
    "gevent.hub": ("gevent", _GREENLETS),
    "eventlet.hubs": ("eventlet", _GREENLETS),
    "curio.kernel": ("curio", _TASKS),
    "twisted.internet.epollreactor": ("Twisted", _CALLBACKS),
    "twisted.internet.pollreactor": ("Twisted", _CALLBACKS),
    "twisted.internet.selectreactor": ("Twisted", _CALLBACKS),
}
"""By the module that a program imports only when it uses the scheduler: the library's name and what is not seen of it. Twisted's reactor on top
of asyncio is not among them: its callbacks are asyncio's.
"""


def install() -> None:
    """Note what is not seen of each library once the program has imported it."""
    for module in SCHEDULERS:
        on_import(module, _note)


def _note(module: ModuleType) -> None:
    unseen(*SCHEDULERS[module.__name__])
