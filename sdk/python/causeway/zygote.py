"""A process that has loaded what runs of a program need, and turns into one after another: `python [flags] -m causeway.zygote FD [module …]`.

`FD` is one end of a stream socket. A byte that carries the run's three standard streams, and then a line, ask for a run. The line is a JSON object:
`command` (the whole command line, with `-m causeway.launch`), `environment`, `cwd`, and `loaded`: a file, for the names of the modules that the run
had loaded when its main part was over, in their order. It may also name `modules` to load before this run, for it and all later ones. A fork that
leads a session of its own answers `{"pid": …}`, and becomes the run when the host has sent another byte; when it has ended the zygote answers
`{"status": …}` (as of `waitpid`). One run at a time; the end of the stream ends the zygote. Nothing of the recorder has begun before the fork, so
that the run begins as one in a new interpreter does, but sooner.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from _socket import CMSG_SPACE, socket
from struct import calcsize, unpack

from causeway import launch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_THREE = "3i"


def main() -> None:
    """Serves the host until it hangs up; in a child: runs the program."""
    channel = socket(fileno=int(sys.argv[1]))
    _load(sys.argv[2:])
    request = _serve(channel)
    if request is not None:
        _become(request)
        try:
            launch.main()
        finally:
            _tell(request["loaded"])


def _load(modules: Iterable[str]) -> None:
    for name in modules:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    gc.collect()
    gc.freeze()  # else the first collection in each child copies every page


def _serve(channel: socket) -> dict[str, Any] | None:
    """In the parent until the stream ends: None. In each child at once: what it is to become."""
    while True:
        streams = _streams(channel)
        if not streams:
            return None
        request: dict[str, Any] = json.loads(_line(channel))
        if "modules" in request:
            _load(request["modules"])
        child = os.fork()
        if not child:
            os.setsid()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            _say(channel, {"pid": os.getpid()})
            if not channel.recv(1):
                os._exit(1)  # the host has waited too long, and starts the run itself
            channel.close()
            return request
        for stream in streams:
            os.close(stream)
        _say(channel, {"status": os.waitpid(child, 0)[1]})


def _streams(channel: socket) -> tuple[int, ...]:
    _, carried, _, _ = channel.recvmsg(1, CMSG_SPACE(calcsize(_THREE)))
    return unpack(_THREE, carried[0][2]) if carried else ()


def _line(channel: socket) -> bytes:
    found = b""
    while not found.endswith(b"\n"):
        more = channel.recv(1 << 16)
        if not more:
            raise EOFError
        found += more
    return found


def _say(channel: socket, message: dict[str, int]) -> None:
    channel.sendall(json.dumps(message).encode() + b"\n")


def _become(request: dict[str, Any]) -> None:
    """The surroundings of a fresh interpreter that was started with the command line."""
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environment"])
    command = request["command"]
    sys.orig_argv[:] = command
    sys.argv[:] = [launch.__file__, *command[command.index("causeway.launch") + 1 :]]
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = request["cwd"]
    importlib.invalidate_caches()


def _tell(path: str) -> None:
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(list(sys.modules)))
    except OSError:
        return


if __name__ == "__main__":
    main()
