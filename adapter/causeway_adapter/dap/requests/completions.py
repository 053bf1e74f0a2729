"""`completions`: names of the frame, attributes of recorded objects, and the console's verbs."""

from __future__ import annotations

import re
from typing import Any

from causeway_adapter.dap.conversation import Conversation
from causeway_adapter.dap.coordinates import utf16_to_index
from causeway_adapter.dap.reply import Reply
from causeway_adapter.dap.verbs import VERBS

TAIL = re.compile(r"[\w.\[\]'\"]*$")
WORD = re.compile(r"\w*$")


def handle(conversation: Conversation, arguments: dict[str, Any]) -> Reply:
    """Status: optional (capability `supportsCompletionsRequest`)."""
    lines = arguments["text"].split("\n")
    number = min(len(lines) - 1, max(0, (arguments.get("line") or conversation.coordinates.first_line) - conversation.coordinates.first_line))
    line = lines[number]
    typed = line[: utf16_to_index(line, arguments["column"] - conversation.coordinates.first_column)]
    tail = TAIL.search(typed)
    word = WORD.search(typed)
    assert tail is not None and word is not None
    names = conversation.session.completions(tail[0], conversation.frame(arguments.get("frameId")))
    targets: list[dict[str, Any]] = [{"label": name, "length": len(word[0]), "type": "variable"} for name in names]
    if tail[0] == typed:
        targets += [{"label": verb, "length": len(word[0]), "type": "keyword"} for verb in VERBS if verb.startswith(typed)]
    return Reply({"targets": targets})
