"""debugpy's frames and the recorded frames that correspond to them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from causeway_core.model import Mark
from causeway_core.session import Frame, Session


class LiveFrames:
    """What the client has been told of frames since the program was held. debugpy's ids and the session's have nothing in common: a frame is found
    again by its file and function, and among those of a recursion by its place in the stack."""

    def __init__(self) -> None:
        self._stacks: dict[int, dict[int, dict[str, Any]]] = {}

    def learn(self, asked: dict[str, Any], answer: dict[str, Any]) -> None:
        """The client has received a stack."""
        stack = self._stacks.setdefault(int(asked.get("threadId") or 0), {})
        for number, frame in enumerate((answer.get("body") or {}).get("stackFrames") or (), int(asked.get("startFrame") or 0)):
            stack[number] = frame

    def clear(self) -> None:
        """The program goes on."""
        self._stacks.clear()

    def thread_of(self, frame: object) -> int | None:
        """The thread that a frame belongs to."""
        return next((thread for thread, stack in self._stacks.items() if any(one.get("id") == frame for one in stack.values())), None)

    def recorded(self, frame: object, session: Session, end: Mark) -> Frame | None:
        """The frame of the session's stack that corresponds to this id, else the innermost; it sees everything recorded until `end`. None if nothing
        of the stack was recorded.
        """
        stack = next((stack for stack in self._stacks.values() if any(one.get("id") == frame for one in stack.values())), {})
        wanted = [_key(stack[number]) for number in sorted(stack) if stack[number].get("id") == frame]
        inner = sum(_key(one) == wanted[0] for number, one in stack.items() if number < _number(stack, frame)) if wanted else 0
        frames = [one for one in session.frames() if not one.is_label]
        same = [one for one in frames if wanted and (one.path, one.function.rpartition(".")[2]) == wanted[0]]
        found = same[inner] if inner < len(same) else frames[0] if frames else None
        return replace(found, mark=end) if found is not None and found.mark == session.mark else found


def _number(stack: dict[int, dict[str, Any]], frame: object) -> int:
    return next(number for number, one in stack.items() if one.get("id") == frame)


def _key(frame: dict[str, Any]) -> tuple[str, str]:
    return str((frame.get("source") or {}).get("path") or ""), str(frame.get("name") or "").rpartition(".")[2]
