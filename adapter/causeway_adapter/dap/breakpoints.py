"""How a breakpoint is described to the client."""

from __future__ import annotations

import zlib
from typing import Any

from causeway_core.session import Verified

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.protocol import Breakpoint, Source


def described(conversation: Conversation, identity: tuple[Any, ...], outcome: Verified, source: Source | None = None) -> Breakpoint:
    """The DAP `Breakpoint`. `identity` gives it a number that stays the same when the client sends the same set again."""
    breakpoint: Breakpoint = {"id": zlib.crc32(repr(identity).encode()) & 0x7FFFFFFF, "verified": outcome.verified}
    if outcome.line > 0:
        breakpoint["line"] = conversation.coordinates.line_out(outcome.line)
    if source is not None:
        breakpoint["source"] = source
    if outcome.reason:
        breakpoint["message"] = outcome.reason
    elif outcome.hits >= 0:
        breakpoint["message"] = f"runs {outcome.hits:,} times in this recording"
    return breakpoint
