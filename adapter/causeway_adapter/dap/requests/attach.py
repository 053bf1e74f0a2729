"""`attach` and `launch` with a recording: both open it; nothing runs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from causeway_core.errors import ProtocolError, RecordingMissing
from causeway_core.model import Stop, parse_at
from causeway_core.report.gaps import gap_sentences
from causeway_core.session import Session

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.progress import opening
from causeway_adapter.dap.reply import Event, Reply
from causeway_adapter.dap.unrecorded import gap_event


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required. `recording` is a path (relative to `cwd` if that is given); `at` a finding's id, an event's name, `start` or `end`;
    `stopOnEntry: false` goes on from there to the first breakpoint."""
    if not conversation.accepts(arguments.get("token")):
        raise ProtocolError("the token is missing or wrong", "put the --token of `causeway dap` into the configuration as `token`")
    if conversation.attached:
        raise ProtocolError("a recording is open already", "disconnect first")
    if arguments.get("recording") is None:
        raise ProtocolError(
            "there is no `recording` in the configuration", 'add "recording": "path/to/run.causeway", or "connect" to debug what runs already'
        )
    recording, folder = arguments["recording"], arguments.get("cwd") or "."
    if not isinstance(recording, str) or not isinstance(folder, str) or "\0" in recording + folder:
        raise ProtocolError("`recording` and `cwd` are not paths", 'for example: "recording": "path/to/run.causeway"')
    path = Path(folder) / recording
    if path.is_dir():
        raise RecordingMissing(f"{path} is a folder", "name the .causeway file in it")
    with opening(conversation, path):
        session = Session.open(path)
    try:
        conversation.entry = entry(session, arguments.get("at"))
    except BaseException:
        session.close()
        raise
    conversation.stop_on_entry = arguments.get("stopOnEntry") is not False
    conversation.open(session)
    gaps = tuple(gap_event(gap) for gap in gap_sentences(session.recording))
    return Reply({}, (Event("initialized", {}), *gaps))


def entry(session: Session, at: object) -> partial[Stop]:
    """How to reach the first stop. Raises ProtocolError where `at` names nothing in the recording."""
    if at is None or at == "start":
        return partial(Session.start)
    if at == "end":
        return partial(Session.end)
    if any(finding["id"] == at for finding in session.recording.findings()):
        return partial(Session.travel, finding_id=str(at))
    try:
        target = parse_at(str(at))
        session.recording.chunk_of(target)
    except (ValueError, KeyError):
        known = ", ".join(finding["id"] for finding in session.recording.findings()[:5]) or "none"
        raise ProtocolError(
            f"there is no finding or event {at!r} in this recording", f"findings: {known}; events look like s3@1234; or use start, end"
        ) from None
    return partial(Session.goto_line, target=target)
