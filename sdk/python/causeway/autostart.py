"""Starts recording and weaving in an interpreter whose environment asks for it; imported by the `.pth` file of child interpreters.

Nothing happens without `CAUSEWAY_SPOOL` or `CAUSEWAY_ORDER`, nothing happens twice, and nothing that goes wrong here reaches the program.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_hook: Any = None
_started = False


def start() -> Any:
    """Installs the recorder, the order and the import hook; gives the hook, or None where none is asked for. Safe to call again."""
    global _hook, _started
    if _started or not (os.environ.get("CAUSEWAY_SPOOL") or os.environ.get("CAUSEWAY_ORDER")):
        return _hook
    _started = True
    try:
        _hook = _start()
    except Exception as error:
        if os.environ.get("CAUSEWAY_DEBUG"):
            sys.stderr.write(f"causeway: not recording: {type(error).__name__}: {error}\n")
    return _hook


def _start() -> Any:
    from causeway import _tap

    if os.environ.get("CAUSEWAY_ANSWERS"):
        # First: what records is put around what answers.
        from causeway.outside.replayer import start_from_environment as replay_answers

        replay_answers(os.environ)
    if os.environ.get("CAUSEWAY_SPOOL"):
        from causeway import recorder

        recording = recorder.start_from_environment()
    else:
        recording = False
    gates = None
    if os.environ.get("CAUSEWAY_ORDER"):
        from causeway.order.inforce import start_from_environment

        gates = start_from_environment(os.environ)
    if not recording and gates is None:
        return None
    from causeway.weave.hook import install
    from causeway.weave.weaver import Weaver

    weaver = Weaver.from_environment(_tap, os.environ)
    weaver.gates = gates
    if gates is not None and not recording:
        weaver.spool = None
    return install(weaver)


def note_exit(code: int | None) -> None:
    """Tells the recorder how the program's main part ended."""
    recorder = sys.modules.get("causeway.recorder")
    if recorder is not None:
        recorder.stop(code)


def finish(code: int) -> None:
    """Ends the recording now: this process is about to become another program."""
    recorder = sys.modules.get("causeway.recorder")
    if recorder is not None:
        recorder.finish(code)


def _is_launcher() -> bool:
    """Whether this interpreter was started as `-m causeway.launch`, which starts the recorder itself."""
    words = sys.orig_argv
    return any(words[index] == "-m" and words[index + 1] == "causeway.launch" for index in range(len(words) - 1))


if __name__ != "__main__" and not _is_launcher():
    start()
