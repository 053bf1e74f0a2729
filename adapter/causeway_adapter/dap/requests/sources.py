"""`loadedSources`, `modules` and `source`: the code as it ran."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply


def loaded_sources(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsLoadedSourcesRequest`)."""
    return Reply({"sources": conversation.sources.all()})


def modules(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsModulesRequest`)."""
    found = [
        {"id": source.id, "name": Path(source.path).stem, "path": source.path, "isUserCode": True}
        for source in conversation.session.recording.sources()
    ]
    start = arguments.get("startModule") or 0
    count = arguments.get("moduleCount") or len(found)
    return Reply({"modules": found[start : start + count], "totalModules": len(found)})


def source(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required. The recorded text, for a file that has changed since."""
    reference = (arguments.get("source") or {}).get("sourceReference") or arguments["sourceReference"]
    return Reply({"content": conversation.sources.text(reference), "mimeType": "text/x-python"})
