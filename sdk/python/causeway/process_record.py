"""The PROCESS record (sdk/SPEC.md): how a process describes itself in its recording.

It is the first record, written before `redaction` is loaded: command lines are redacted with a list of words of its own.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = "0.1.0"
_SECRETS = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "authorization",
    "apikey",
    "api_key",
    "api-key",
    "credential",
    "cookie",
    "private_key",
    "private-key",
    "privatekey",
    "session_id",
    "session-id",
    "sessionid",
)
_REDACTED = "[redacted]"


def process_json(uid: int, detail: str, started_by: str | None = None) -> str:
    """The record's JSON. `started_by`: the event that forked this process; None: the event that `CAUSEWAY_PARENT` names."""
    import os
    import time

    from causeway.hooks import records

    parent, event = parent_of(started_by or os.environ.get("CAUSEWAY_PARENT", ""))
    argv = program_argv(getattr(sys, "orig_argv", sys.argv))
    service = os.environ.get("CAUSEWAY_SERVICE") or service_of(argv)
    return records.json_of(
        {
            "uid": f"{uid:016x}",
            "pid": os.getpid(),
            "parent": parent,
            "parent_event": event,
            "argv": redact(argv),
            "cwd": _cwd(os),
            "executable": sys.executable or "",
            "language": "python",
            "version": ".".join(str(part) for part in sys.version_info[:3]),
            "sdk_version": VERSION,
            "service": service,
            "wall_ns": time.time_ns(),
            "monotonic_ns": time.clock_gettime_ns(time.CLOCK_MONOTONIC) if hasattr(time, "clock_gettime_ns") else time.monotonic_ns(),
            "detail": detail,
        }
    )


def _cwd(os: Any) -> str:
    try:
        return str(os.getcwd())
    except OSError:
        return ""


def parent_of(text: str) -> tuple[str | None, list[int] | None]:
    """Process uid and event of `CAUSEWAY_PARENT` ("<uid hex>.<stream>.<position>"); None for what is missing."""
    uid, _, event = text.partition(".")
    stream, _, position = event.partition(".")
    if not uid:
        return None, None
    if stream.isascii() and stream.isdigit() and position.isascii() and position.isdigit():
        return uid, [int(stream), int(position)]
    return uid, None


def program_argv(argv: list[str]) -> list[str]:
    """The command line as the user writes it: without the launcher of the recorder."""
    argv = [str(word) for word in argv]
    for at in range(len(argv) - 1):
        if argv[at] == "-m" and argv[at + 1] == "causeway.launch":
            return [*argv[:at], *argv[at + 2 :]]
    return argv


def service_of(argv: list[str]) -> str:
    """The module's or script's name; under debugpy that of the program it debugs."""
    words = _debugged(argv[1:])
    while words:
        word = words.pop(0)
        if word == "-m" and words:
            return words[0]
        if word == "-c":
            return "-c"
        if word in ("-W", "-X") and words:
            words.pop(0)
        elif not word.startswith("-"):
            name = word.replace("\\", "/").rstrip("/").rpartition("/")[2]
            return name.removesuffix(".py") or "python"
    return "python"


def _debugged(words: list[str]) -> list[str]:
    """The words of the program where `words` start debugpy (`debugpy --connect … program`) or one of its children (`pydevd.py … --file program`)."""
    at = 0
    while at < len(words) and words[at].startswith("-"):  # past the interpreter's own flags
        at += 2 if words[at] in ("-W", "-X") else 1
    name = words[at].replace("\\", "/").rstrip("/").rpartition("/")[2].removesuffix(".py") if at < len(words) else ""
    if name not in ("debugpy", "pydevd"):
        return words
    if "--file" in words:
        return words[words.index("--file") + 1 :]
    rest = words[at + 1 :]
    while rest and rest[0].startswith("--"):
        rest = rest[1 if rest[0] in ("--wait-for-client", "--log-to-stderr") else 2 :]
    return rest or words


def redact(argv: list[str]) -> list[str]:
    """A command line without what its own words mark as secrets: `--token X`, `KEY=value`, `scheme://user:password@`."""
    out: list[str] = []
    hide = False
    for word in argv:
        name, equals, _ = word.partition("=")
        named = any(secret in name.lower() for secret in _SECRETS)
        if hide:
            out.append(_REDACTED)
            hide = False
        elif equals and named:
            out.append(f"{name}={_REDACTED}")
        else:
            hide = named and word.startswith("-")
            out.append(_without_password(word))
    return out


def _without_password(word: str) -> str:
    scheme, found, rest = word.partition("://")
    host, _, path = rest.partition("/")
    user, at, where = host.rpartition("@")
    if not found or not at:
        return word
    return f"{scheme}://{user.partition(':')[0]}:{_REDACTED}@{where}{'/' + path if path else ''}"
