"""Requests about tasks while the program is held: tasks are shown beside debugpy's threads and below its stacks, from the recording."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from causeway_core.errors import ProtocolError

from causeway_adapter.dap.live.backend import Message
from causeway_adapter.dap.live.port import Port
from causeway_adapter.dap.live.present import FIRST_HANDLE, Present

CHANGES = frozenset({"setVariable", "setExpression"})
MOVES = frozenset({"next", "stepIn", "stepOut", "goto", "restartFrame"})
ASKED_OF_FRAMES = frozenset({"evaluate", "completions", "dataBreakpointInfo", "stepInTargets", "exceptionInfo"})
EXTENDED = frozenset({"threads", "stackTrace"})
"""Responses of debugpy to which tasks are added."""

RECORDED = "as recorded"


class TaskRequests:
    """Answers what names a task or something that was recorded, and adds to what debugpy answers. Used by the adapter's thread only.

    `forward` has debugpy answer a request.
    """

    def __init__(self, port: Port, present: Present, forward: Callable[[Message], None]) -> None:
        self._port, self._present, self._forward = port, present, forward
        self._owed: dict[int, Callable[[], None]] = {}

    def handles(self, request: Message, arguments: dict[str, Any]) -> bool:
        """Handle a request that is about a task or a recorded variable; False where it is not, or where it leads into the past."""
        command, tasks = str(request.get("command")), self._present.tasks
        task = tasks.named_in(arguments)
        recorded = int(arguments.get("variablesReference") or 0) >= FIRST_HANDLE
        if task is None and not recorded:
            return False
        if command in ("continue", "pause") and not arguments.get("singleThread"):
            self._forward({**request, "arguments": {**arguments, "threadId": tasks.thread}})
        elif self._present.held is None:
            raise ProtocolError("the program is running", "pause it, or set a breakpoint, to look at its tasks")
        elif command == "stackTrace" and task is not None:
            tasks.stack(task, lambda frames: self._port.respond(request, _window(frames, arguments, [], 0)))
        elif command in CHANGES:
            raise ProtocolError("this is read from the recording, and cannot be changed", "set variables of the thread that is held")
        elif command == "variables" or (recorded and command == "dataBreakpointInfo"):
            self._port.respond(request, self._port.handle(command, arguments).body)
        elif command == "scopes":
            self._present.look(request, arguments, lambda: self._scopes(request, arguments))
        elif command in ASKED_OF_FRAMES:
            self._present.look(request, arguments, lambda: self._present.hand_over(request, self._present.as_recorded(arguments)))
        elif command in ("continue", *MOVES) and not (command == "stepIn" and int(arguments.get("targetId") or 0) >= FIRST_HANDLE):
            raise ProtocolError("this task waits, and continues when the event loop runs it", "set a breakpoint in it and continue")
        else:
            return False
        return True

    def _scopes(self, request: Message, arguments: dict[str, Any]) -> None:
        given = self._present.as_recorded(arguments)
        if "frameId" not in given:
            self._port.respond(request, {"scopes": []})  # of a library, which is not recorded
            return
        found = self._port.handle("scopes", given).body["scopes"]
        named = [one if one["name"] == "Causality" else {**one, "name": f"{one['name']}, {RECORDED}"} for one in found]
        self._port.respond(request, {"scopes": named})

    def extend(self, request: Message, answer: Message) -> None:
        """Answer `threads` or `stackTrace` with what debugpy says and with tasks; with debugpy's alone where the program has gone on meanwhile."""
        arguments, seq = request.get("arguments") or {}, int(request["seq"])
        body = answer.get("body") or {}
        tasks = self._present.tasks

        def reply(more: dict[str, Any]) -> None:
            if self._owed.pop(seq, None) is not None:
                self._port.respond_as(request, {**answer, "body": {**body, **more}})

        self._owed[seq] = lambda: reply({})
        if request["command"] == "threads":
            tasks.with_tasks(list(body.get("threads") or ()), lambda threads: reply({"threads": threads}))
            return
        own = list(body.get("stackFrames") or ())
        total = int(body.get("totalFrames") or len(own))
        below = partial(tasks.under, answer) if arguments.get("threadId") == tasks.thread else partial(tasks.created, arguments.get("threadId"))
        below(lambda under: reply(_window(under, arguments, own, total)))

    def continued(self) -> None:
        """The program is no longer held: waiting requests get debugpy's answer."""
        for reply in list(self._owed.values()):
            reply()


def _window(frames: list[dict[str, Any]], arguments: dict[str, Any], own: list[dict[str, Any]], total: int) -> dict[str, Any]:
    """The part of a stack that was asked for: debugpy's `own` part of `total` frames, then `frames` below them."""
    start, levels = max(0, int(arguments.get("startFrame") or 0)), int(arguments.get("levels") or 0)
    end = start + levels if levels else total + len(frames)
    below = frames[max(0, start - total) : max(0, end - total)]
    return {"stackFrames": [*own, *below], "totalFrames": total + len(frames)}
