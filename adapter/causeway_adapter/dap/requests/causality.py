"""`causeway/causality` and `causeway/overview`: what the causality view draws. Not in the protocol; clients that do not know them lose nothing."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from causeway_core.model.at import format_at

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply

DEEPEST, MOST = 12, 200


def neighbourhood(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """The local causal graph around the stop. `depth` (default 4): how many ties backwards; `limit` (default 40): how many lines."""
    session = conversation.session
    depth, limit = int(arguments.get("depth", 4)), int(arguments.get("limit", 40))
    found = session.neighbourhood(depth=min(max(depth, 1), DEEPEST), limit=min(max(limit, 1), MOST))
    return Reply(
        {
            "here": format_at(found.here),
            "offsetNs": session.offset_ns(),
            "lanes": [asdict(lane) for lane in found.lanes],
            "nodes": [{**asdict(node), "at": format_at(node.at)} for node in found.nodes],
            "ties": [{**asdict(tie), "src": format_at(tie.src), "dst": format_at(tie.dst)} for tie in found.ties],
        }
    )


def overview(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Findings, exceptions and spans of the whole recording, on the axis of its clock."""
    found = conversation.session.overview()
    return Reply(
        {
            "lengthNs": found.length_ns,
            "offsetNs": conversation.session.offset_ns(),
            "landmarks": [
                {"kind": one.kind, "at": format_at(one.at), "offsetNs": one.offset_ns, "lengthNs": one.length_ns, "title": one.title}
                for one in found.landmarks
            ],
        }
    )
