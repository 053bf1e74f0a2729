"""Queries that a thread of the program answers while debugpy holds it."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from typing import Any

from causeway_core.errors import ProtocolError

from causeway_adapter.dap.live.backend import Message

Then = Callable[[Message], None]
Ask = Callable[[str, dict[str, Any], Then], None]
"""Sends debugpy a request; its answer comes later."""

PLACE = "__import__('causeway.hooks.debugger', fromlist=['place']).place()"
"""Where the thread is in the recording."""

TASKS = "__import__('causeway.hooks.held', fromlist=['tasks']).tasks()"
"""Which asyncio tasks the process has, and what its threads wait for."""

AWAITERS = "__import__('causeway.hooks.held', fromlist=['awaiters']).awaiters()"
"""Which tasks wait for the one that runs in the thread, and who created it."""


def stack_of(actor: int) -> str:
    """The question for the stack of a task."""
    return f"__import__('causeway.hooks.held', fromlist=['stack']).stack({actor})"


def creator_of(thread: str) -> str:
    """The question for who created a thread, by its name."""
    return f"__import__('causeway.hooks.held', fromlist=['creator']).creator({thread!r})"


def innermost(ask: Ask, thread: int, then: Callable[[dict[str, Any]], None], refuse: Callable[[Exception], None]) -> None:
    """Finds the frame that a thread is in, from debugpy's answer."""

    def framed(answer: Message) -> None:
        frame = frame_in(answer)
        if frame is None:
            refuse(ProtocolError("this thread runs no Python code", "choose another thread in the call stack"))
        else:
            then(frame)

    ask("stackTrace", {"threadId": thread, "startFrame": 0, "levels": 5}, framed)


def frame_in(answer: Message) -> dict[str, Any] | None:
    """The innermost frame of code in debugpy's answer to `stackTrace`."""
    frames = (answer.get("body") or {}).get("stackFrames") or []
    return next((one for one in frames if one.get("presentationHint") != "label"), None)


def evaluated(ask: Ask, frame: dict[str, Any], question: str, then: Callable[[str | None], None]) -> None:
    """Has the thread of a frame answer; None if it cannot. The text is complete, however long."""

    def on_answer(answer: Message) -> None:
        text = str((answer.get("body") or {}).get("result")) if answer.get("success") else None
        then(ast.literal_eval(text) if text is not None and text[:1] in ("'", '"') else text)

    ask("evaluate", {"expression": question, "frameId": frame["id"], "context": "clipboard"}, on_answer)


def parsed(text: str | None) -> Any:
    """The answer to a query about tasks; None if there was none."""
    try:
        return json.loads(text) if text is not None else None
    except ValueError:
        return None
