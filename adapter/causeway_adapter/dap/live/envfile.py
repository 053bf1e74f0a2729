"""Files of environment variables, as `envFile` of a launch configuration names one."""

from __future__ import annotations

import os
import re
from pathlib import Path

from causeway_core.errors import LaunchError

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$", re.ASCII)
_QUOTED = re.compile(r"""'([^']*)'|"((?:[^"\\]|\\.)*)\"""")
_REFERENCE = re.compile(r"\$\{(?:env:)?(\w+)\}")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def read_variables(path: Path) -> dict[str, str]:
    r"""The variables of a file: `NAME=value` a line, `export` before it or not; `#` begins a comment.

    Text in single quotes is taken as it is. Elsewhere `${NAME}` means a variable above it, else one of the adapter's environment, else nothing. In
    double quotes `\n`, `\r`, `\t` and an escaped quote mean what they do in Python. Raises LaunchError for a file that cannot be read, and for a line
    that is none of this.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror or str(error)) if isinstance(error, OSError) else "it is not UTF-8"
        raise LaunchError(f"cannot read {path}: {why}", "check `envFile` in the launch configuration") from error
    variables: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.match(line)
        if found is None:
            raise LaunchError(f"{path}:{number} is not NAME=value", "correct that line, or make it a comment with #")
        variables[found[1]] = _value(found[2], variables)
    return variables


def _value(text: str, above: dict[str, str]) -> str:
    def referred(reference: re.Match[str]) -> str:
        return above.get(reference[1], os.environ.get(reference[1], ""))

    quoted = _QUOTED.match(text)
    if quoted is None:
        return _REFERENCE.sub(referred, re.split(r"(?:^|\s+)#", text, maxsplit=1)[0])
    if quoted[1] is not None:
        return quoted[1]
    return re.sub(r"\\(.)", lambda escaped: _ESCAPES.get(escaped[1], escaped[1]), _REFERENCE.sub(referred, quoted[2]))
