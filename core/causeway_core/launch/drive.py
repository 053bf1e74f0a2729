"""The command that sends a service its requests."""

from __future__ import annotations

import re
import shlex
import shutil

from causeway_core.errors import LaunchError

_PYTHON = re.compile(r"^python[0-9.]*$")


def drive_words(text: str, python: str) -> tuple[str, ...]:
    """The words of a command line as a shell splits them; a script, or one for `python`, is run by the interpreter `python`.

    `{port}` in it stands for the port that the service listens at. Raises LaunchError where there is no such command.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise LaunchError(f"--drive {text!r} is no command line: {error}", "quote it as for a shell") from error
    if not words:
        raise LaunchError("--drive names no command", "say what sends the requests: --drive 'python client.py'")
    if words[0].endswith(".py"):
        words.insert(0, python)
    elif _PYTHON.match(words[0]):
        words[0] = python
    if shutil.which(words[0]) is None:
        raise LaunchError(f"there is no command {words[0]!r}", "check --drive")
    return tuple(words)
