"""`causeway.applyFix`: the smallest fix of a finding that re-runs prove, put into the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types

from causeway_adapter.lsp.editing import edit_of
from causeway_adapter.lsp.loading import Loaded
from causeway_adapter.lsp.server import Server
from causeway_adapter.lsp.subject import Subject

if TYPE_CHECKING:
    from causeway_core.fix.verify import Verification


def register(server: Server) -> None:
    """Serves the command."""

    async def apply_fix(*arguments: Any) -> dict[str, Any]:
        """Gives `applied`, and either `fix`, `proved` and `diff` or `reason`."""
        subject = Subject.read(arguments)
        loaded = await subject.recording(server)
        finding = subject.required_finding_in(loaded)
        proved = server.proving.proved(loaded, finding.id)
        if proved is None:
            sought = await server.proving.fix(loaded, finding.id)
            if sought is None:
                return {"applied": False, "reason": "the program was not to run"}
            if sought.proved is None:
                server.say(f"{finding.id}: {sought.why_not}. To do: {sought.finding.recommendation}", types.MessageType.Warning)
                return {"applied": False, "reason": sought.why_not}
            proved = sought.proved
        reason = await _apply(server, loaded, finding.id, proved)
        if reason is not None:
            server.say(f"{finding.id}: {reason}", types.MessageType.Warning)
            return {"applied": False, "reason": reason, "diff": proved.patch.diff()}
        server.say(f"{finding.id} is fixed: {proved.patch.sentence}. Proved: {proved.reason}. Save, and record again to see it gone")
        return {"applied": True, "fix": proved.patch.sentence, "proved": proved.reason, "diff": proved.patch.diff()}

    server.command("causeway.applyFix")(apply_fix)


async def _apply(server: Server, loaded: Loaded, finding: str, proved: Verification) -> str | None:
    """Why the client has not applied the patch, None where it has."""
    workspace = server.client_capabilities.workspace
    if workspace is None or not workspace.apply_edit:
        return f"this editor applies no edits from servers (causeway fix {finding} {loaded.path} --apply does it)"
    edit = edit_of(server, loaded, proved.patch)
    if edit is None:
        return "the source has changed since the program was recorded (record it again)"
    answer = await server.workspace_apply_edit_async(types.ApplyWorkspaceEditParams(edit, label=f"Fix {finding}"))
    return None if answer.applied else f"the editor did not apply the fix: {answer.failure_reason or 'it does not say why'}"
