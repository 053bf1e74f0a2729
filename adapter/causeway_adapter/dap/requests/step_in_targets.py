"""`stepInTargets`: the causal picker. Stock VS Code shows it under Ctrl+F11."""

from __future__ import annotations

from typing import Any

from causeway_core.model import Predecessor

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsStepInTargetsRequest`). Causes first, then effects.

    The place is in the label and `line` is left out, since clients mark `line` in whatever file they show.
    """
    frame = conversation.frames.get(arguments["frameId"])
    session = conversation.session

    def targets(word: str, found: tuple[Predecessor, ...]) -> list[dict[str, Any]]:
        return [{"id": conversation.step_targets.add(one), "label": f"{word}: {one.reason}"} for one in found]

    return Reply({"targets": targets("cause", session.causes(frame.mark)) + targets("effect", session.effects(frame.mark))})
