"""Variables of the environment, as they were when the program began. The host sets them in a re-run."""

from __future__ import annotations

import os

from causeway import _tap
from causeway.outside.recorder import Json
from causeway.redaction import is_secret, scrub

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from causeway.outside.recorder import AnswerRecorder

OF_THE_MACHINE = frozenset(
    ("PATH", "HOME", "PWD", "OLDPWD", "TMPDIR", "TEMP", "TMP", "USER", "LOGNAME", "HOSTNAME", "SHELL", "SHLVL", "TERM", "DISPLAY", "EDITOR", "_")
)
"""Variables that say where things are on one machine; a re-run on another has its own."""
_PREFIXES = ("PYTHON", "CAUSEWAY_", "VIRTUAL_ENV", "CONDA_", "LD_", "DYLD_", "XDG_", "SSH_", "DBUS_", "PYTEST_", "COV_")


def record(recorder: AnswerRecorder, on_import: Callable[..., None]) -> None:
    """Note each variable when recorded code, or a library that is installed, first asks for it: also that it is not there."""
    at_start = dict(os.environ)
    known: set[str] = set()

    def leave(state: None, args: Any, kwargs: Any, result: Any, error: Any) -> None:
        name = args[1] if len(args) > 1 else None
        if type(name) is not str or name in known or of_the_machine(name) or not recorder.asker.elsewhere():
            return
        known.add(name)
        value = at_start.get(name)
        if (value is None or os.path.isabs(value)) and not recorder.asker.recorded():
            return  # what libraries look for in vain, and where their files are on this machine
        hidden = value is not None and (is_secret(name) or scrub(value) != value)
        recorder.note("environment", Json('{"redacted":true}') if hidden else value, name)

    kind = type(os.environ)
    kind.__getitem__ = _tap.Around(kind.__getitem__, None, leave, "os.environ")  # type: ignore[method-assign]
    if at_start.get("TZ"):
        recorder.note("environment", at_start["TZ"], "TZ")


def of_the_machine(name: str) -> bool:
    """Whether a variable is about this machine, this interpreter or the recorder."""
    return name in OF_THE_MACHINE or name.startswith(_PREFIXES)
