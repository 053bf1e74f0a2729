"""The start of a session with a program: debugpy starts it first; the modules for time travel are imported meanwhile."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from causeway_core.errors import CausewayError, CommandError, LaunchError, SpoolTaken
from causeway_core.ingest.claim import Claim
from causeway_core.launch.output import FOLDER, claim_new

from causeway_adapter.dap.live.backend import Backend, Message
from causeway_adapter.dap.live.configuration import Launch

if TYPE_CHECKING:
    # The modules for time travel take half a second to import, and few sessions share a recording.
    from causeway_adapter.dap.live.remote_recorder import RemoteRecorder


@dataclass(frozen=True, slots=True)
class PendingStart:
    """debugpy has been sent the client's `request`, and will answer it under the number `asked`.

    With a `launch` the program is recorded: into `output`, a path and the claim on its spool, or into the recording that is `shared` with
    other launches. Without, it runs already, and has a past only where its configuration says who keeps it.
    """

    request: Message
    asked: int
    backend: Backend
    launch: Launch | None
    output: tuple[Path, Claim] | None
    shared: RemoteRecorder | None = None

    def abandon(self) -> None:
        """Abandons the session: ends debugpy, and leaves nothing behind."""
        self.backend.close()
        _release(self.output)
        if self.shared is not None:
            self.shared.discard()


def begin(
    request: Message, client: Mapping[str, Any], deliver: Callable[[Message | None], None], *,
    launch: Launch | None = None, address: tuple[str, int] | None = None, debugpy: subprocess.Popen[bytes] | None = None,
) -> PendingStart:
    """Have debugpy start or attach: the one that listens at `address`, else `debugpy`, which was started ahead, else a new one.

    `client` is what the client said of itself; `deliver` is as for `Backend`. Raises LaunchError or SpoolTaken; then nothing is left.
    """
    if launch is not None:
        launch.console(client)
    shared, output = _recording_for(launch) if launch is not None else (None, None)
    try:
        backend = Backend.connected(*address, deliver) if address is not None else Backend.started(deliver, debugpy)
    except CausewayError:
        _release(output)
        if shared is not None:
            shared.discard()
        raise
    configuration = request.get("arguments") or {}
    spool = shared.spool if shared is not None else output[1].spool if output is not None else None
    if launch is not None and spool is not None:
        configuration = launch.for_debugpy(spool, client)
    backend.send({"type": "request", "command": "initialize", "arguments": dict(client)})
    asked = backend.send({"type": "request", "command": request["command"], "arguments": configuration})
    return PendingStart(request, asked, backend, launch, output, shared)


def _recording_for(launch: Launch) -> tuple[RemoteRecorder | None, tuple[Path, Claim] | None]:
    """The recording that the launch shares with others, else one of its own."""
    try:
        if launch.together is not None:
            return _join(launch, launch.together), None
        return None, claim_new(launch.target.name, launch.target.folder)
    except SpoolTaken:
        raise
    except (CommandError, OSError) as error:
        # The command line's next step is an option that no launch has.
        what = error.message if isinstance(error, CommandError) else f"cannot write to {launch.target.folder / FOLDER}: {error.strerror}"
        raise LaunchError(what, "recordings are kept in `cwd` of the launch configuration: name a folder that can be written to") from error


def _join(launch: Launch, name: str) -> RemoteRecorder:
    from causeway_adapter.dap.live.keeper import join

    return join(launch.target.folder, name, launch.detail)


def _release(output: tuple[Path, Claim] | None) -> None:
    if output is not None:
        path, claim = output
        claim.release()
        path.unlink(missing_ok=True)
        shutil.rmtree(claim.spool, ignore_errors=True)
