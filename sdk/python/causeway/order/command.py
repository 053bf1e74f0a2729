"""A command run again under an order, in a process of its own."""

from __future__ import annotations

import os
import sys

from causeway.order.answered import environment_of
from causeway.order.document import OrderError
from causeway.order.outcome import Outcome, recent
from causeway.order.readable import document_of, order_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


def run(
    command: Sequence[str],
    order: Any,
    *,
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 120,
    patience: float | None = None,
    answers: Mapping[str, Any] | None = None,
    root: str | os.PathLike[str] | None = None,
    drive: Sequence[str] | None = None,
    requests: Sequence[Mapping[str, Any]] | None = None,
) -> Outcome:
    """Runs a script, `-m module …`, `pytest …` or `python …` under an order and returns the outcome.

    `timeout` and `patience` are in seconds; `patience` is how long nothing may move while I/O is outstanding. With `answers`, code
    below `root` (default: `cwd`) gets them from outside. `drive` is for services: a command that sends requests once the program listens
    ("{port}" in it is the port; "python" is this interpreter), and after which the program is interrupted; or `requests`, made by `request`, which
    are sent one after the other. A request that is held is overtaken by the next.
    Raises OrderError, OSError and `subprocess.TimeoutExpired`.
    """
    import json
    import subprocess
    import tempfile

    order_of(order)
    document = _document(order)
    with tempfile.TemporaryDirectory(prefix="causeway-order-") as folder:
        path, result, replies = (os.path.join(folder, name) for name in ("order.json", "result.json", "replies"))
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file)
        variables = {**(os.environ if env is None else env), "CAUSEWAY_ORDER": path, "CAUSEWAY_ORDER_RESULT": result}
        if answers is not None:
            variables = _answered(variables, answers, os.path.join(folder, "answers.json"), root if root is not None else cwd)
        if patience is not None:
            variables["CAUSEWAY_ORDER_PATIENCE"] = str(patience)
        if requests:
            from causeway.resend import prepared

            drive = prepared(requests, os.path.join(folder, "requests.json"), "python")
        if drive:
            variables["CAUSEWAY_DRIVE"] = json.dumps([sys.executable if drive[0] == "python" else drive[0], *drive[1:]])
            variables["CAUSEWAY_DRIVE_OUTPUT"] = replies
        done = subprocess.run(launched(command), capture_output=True, text=True, cwd=cwd, env=variables, timeout=timeout, check=False)
        try:
            with open(result, encoding="utf-8") as file:
                said = json.load(file)
        except (OSError, ValueError):
            said = {"gave_up": {"reason": "no result", "detail": "the order was not put in force"}}
        left = _lines(folder, ".missing")
        outcome = Outcome(said, done.returncode, done.stdout, done.stderr, document.get("places"), left, _text(replies), _asked(folder))
        recent.append(outcome)
        return outcome


def _answered(variables: dict[str, str], answers: Mapping[str, Any], path: str, root: str | os.PathLike[str] | None) -> dict[str, str]:
    import json

    with open(path, "w", encoding="utf-8") as file:
        json.dump(answers, file)
    return environment_of(answers, {**variables, "CAUSEWAY_ANSWERS": path, "CAUSEWAY_ROOT": os.path.abspath(root or os.curdir)})


def _asked(folder: str) -> list[tuple[str, str]]:
    return [(actor, what) for actor, _, what in (line.partition("\t") for line in _lines(folder, ".asked"))]


def _lines(folder: str, suffix: str) -> list[str]:
    """What the process wrote beside the file of the answers."""
    try:
        with open(os.path.join(folder, "answers.json" + suffix), encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError:
        return []
def _text(path: str) -> str:
    """The text of a file; empty if there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def launched(command: Sequence[str]) -> list[str]:
    """The command through the launcher, which weaves the main script too."""
    from causeway.hooks.commandline import script_index

    words = list(command)
    if not words:
        raise OrderError("there is no command to run")
    if words[0] == "pytest":
        words[:1] = [sys.executable, "-m", "pytest"]
    elif words[0] in ("-m", "-c") or words[0].endswith(".py"):
        words.insert(0, sys.executable)
    at = script_index(words)
    if at is None:
        at = next((number for number, word in enumerate(words) if number and word in ("-m", "-c")), None)
    if at is not None and "causeway.launch" not in words:
        words[at:at] = ["-m", "causeway.launch"]
    return words


def _document(order: Any) -> dict[str, Any]:
    import json

    if isinstance(order, dict):
        return order
    if isinstance(order, (str, os.PathLike)):
        with open(order, encoding="utf-8") as file:
            content: dict[str, Any] = json.load(file)
            return content
    return document_of(list(order))
