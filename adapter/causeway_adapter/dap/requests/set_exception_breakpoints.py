"""`setExceptionBreakpoints`: exceptions, races and deadlocks as stops."""

from __future__ import annotations

from typing import Any

from causeway_core.errors import ProtocolError
from causeway_core.session import Verified

from causeway_adapter.dap.breakpoints import described
from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.reply import Reply
from causeway_adapter.dap.requests.initialize import EXCEPTION_FILTERS

KNOWN = {one["filter"] for one in EXCEPTION_FILTERS}
ONLY_LIVE = "userUnhandled"
NOT_HERE = Verified(False, 0, "only a program that runs stops here, a recording does not")


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: required where filters are announced. `filterOptions` bring conditions."""
    wanted: dict[Any, str | None] = {}
    for name in arguments.get("filters") or []:
        wanted[name] = None
    for option in arguments.get("filterOptions") or []:
        wanted[option["filterId"]] = option.get("condition") or None
    unknown = sorted(str(name) for name in wanted.keys() - KNOWN)
    if unknown:
        raise ProtocolError(f"there is no exception filter {unknown[0]!r}", f"filters are: {', '.join(sorted(KNOWN))}")
    verified = conversation.session.set_exception_filters({name: one for name, one in wanted.items() if name != ONLY_LIVE})
    outcomes = iter(verified)
    body = [described(conversation, ("exception", name), next(outcomes) if name != ONLY_LIVE else NOT_HERE) for name in wanted]
    return Reply({"breakpoints": body})
