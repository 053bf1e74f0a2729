"""A process that keeps a recording which several launches share. None of them owns it, so each can end and be launched again independently."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from causeway_core.errors import LaunchError, RecordingError
from causeway_core.launch.output import claim_new, make_folder
from causeway_core.launch.target import Target

from causeway_adapter.dap.live.recorder import Recorder
from causeway_adapter.dap.live.recording_server import RecordingServer
from causeway_adapter.dap.live.remote_recorder import RemoteRecorder

PATIENCE_SECONDS = 5.0
"""How long the keeper waits for the next client after the last one has left: a restarted session comes back."""


def join(folder: Path, name: str, detail: str) -> RemoteRecorder:
    """The recording that the launches of a folder share under this name: the one that is being kept, else a new one.

    Raises CommandError when nothing can be written there, LaunchError when no keeper can be started.
    """
    place = make_folder(folder) / f"{name}.shared"
    # It contains a token: other users may not read it.
    with open(os.open(place, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        kept = _recorder_of(file.read())
        if kept is None:
            said = _start(folder, name, detail)
            file.seek(0)
            file.truncate()
            file.write(said)
            kept = _recorder_of(said)
    if kept is None:
        raise LaunchError("the shared recording cannot be kept", "try again, or launch without `together`")
    return kept


def _recorder_of(said: str) -> RemoteRecorder | None:
    try:
        return RemoteRecorder(json.loads(said))
    except (ValueError, RecordingError):
        return None


def _start(folder: Path, name: str, detail: str) -> str:
    command = [sys.executable, "-P", "-m", "causeway_adapter.dap.live.keeper", str(folder), name, detail]
    try:
        # In a session of its own: it outlives the editor's signal to the adapter that happened to start it.
        nothing = subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing, text=True, start_new_session=True)
    except OSError as error:
        raise LaunchError(f"the shared recording cannot be kept: {error.strerror}", "reinstall causeway-debugger") from error
    assert process.stdout is not None
    threading.Thread(target=process.wait, name="keeper", daemon=True).start()  # no zombie is left of it
    with process.stdout:
        return process.stdout.readline()


def keep(folder: Path, name: str, detail: str) -> Mapping[str, Any]:
    """Keeps a new recording as long as it has clients; returns the access for them. Threads do the work; the process waits for them."""
    # No command that would be run again: it is not one program.
    recorder = Recorder(Target("", (), (), folder, folder), *claim_new(name, folder), detail)
    server = RecordingServer(recorder)

    def wait() -> None:
        server.wait_until_idle(PATIENCE_SECONDS)
        recorder.close()

    threading.Thread(target=wait, name="keeper").start()
    return server.access


if __name__ == "__main__":
    print(json.dumps(keep(Path(sys.argv[1]), *sys.argv[2:4])), flush=True)
