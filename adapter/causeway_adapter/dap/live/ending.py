"""The stop at the end of a program: where, and in what words."""

from __future__ import annotations

from causeway_core.model import Stop
from causeway_core.session import Session


def last_stop(session: Session, pid: int) -> Stop:
    """Where to stay when the program has ended: at the exception that ended it, else at its end. `pid` names its process where it is recorded beside
    others."""
    process = next((one.id for one in session.recording.processes() if one.pid == pid), None)
    uncaught = [row for row in session.recording.exceptions() if row.fate == "uncaught"]
    own = [row for row in uncaught if process is None or session.recording.process_of(row.at) == process] or uncaught
    if not own:
        return session.end(process)
    stop = session.goto(session.line_of(session.goto(own[-1].at).mark))
    return Stop(stop.mark, "exception", f"{own[-1].type.removeprefix('builtins.')}: {own[-1].message}")


def ending_text(exit_code: int | None, stop: Stop, findings: int | None) -> str:
    """What is said at that stop; `findings` is None as long as nobody knows how many there are."""
    how = "has ended" if exit_code is None else f"has ended with exit code {exit_code}"
    why = f" by {stop.text}" if stop.reason == "exception" else ""
    found = f"{findings_words(findings)}. " if findings else ""
    return f"The program {how}{why}. {found}Its whole past is open: step back, or continue to finish"


def findings_words(count: int) -> str:
    """In the words of the console, which lists them by `races`."""
    return f"{count} finding{'s' if count != 1 else ''} (races lists them)" if count else "no findings"
