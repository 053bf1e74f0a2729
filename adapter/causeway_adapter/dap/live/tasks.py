"""The program's asyncio tasks while it is held: threads of their own beside debugpy's, and the frames of who awaits under the one that runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from causeway_core.model import Mark
from causeway_core.session import Frame, Session

from causeway_adapter.dap.live.backend import Message
from causeway_adapter.dap.live.inquiry import AWAITERS, TASKS, Ask, creator_of, evaluated, frame_in, innermost, parsed, stack_of

FIRST_TASK = 1 << 30
"""Ids of tasks among threads begin here: debugpy counts its threads from 1."""

FIRST_FRAME = 3 << 29
"""Ids of their frames: above debugpy's and those of frames of the past."""

_MOST_FRAMES = 1 << 28


@dataclass(frozen=True, slots=True)
class WaitingFrame:
    """A frame of a task that waits: the task's number in the recording, and which of those in the same function it is, from the innermost."""

    task: int
    path: str
    function: str
    inner: int

    def recorded(self, session: Session, mark: Mark) -> Frame | None:
        """The same frame in the recording, where it was recorded; `mark` is where the task is."""
        same = [one for one in session.calls(mark) if (one.path, one.function) == (self.path, self.function)]
        return same[self.inner] if self.inner < len(same) else None


@dataclass(slots=True)
class Tasks:
    """What the program itself says of its tasks at a stop: the answer does not wait for the recording. Used by the adapter's thread only.

    `thread` is the one that is held and can be asked.
    """

    ask: Ask
    thread: int = 0
    _frames: dict[int, WaitingFrame] = field(default_factory=dict)
    _under: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    _threads: dict[object, str] = field(default_factory=dict)
    _given: int = 0

    def clear(self) -> None:
        """The program goes on: ids of frames are dead, and not given again."""
        self._frames.clear()
        self._under.clear()

    # What a request names.

    def named_in(self, arguments: dict[str, Any]) -> int | None:
        """The number in the recording of the task that a request is about, by its thread or one of its frames."""
        named = arguments.get("threadId") or arguments.get("actor") or 0
        if isinstance(named, int) and named >= FIRST_TASK:
            return named - FIRST_TASK
        frame = self.frame(arguments.get("frameId"))
        return frame.task if frame is not None else None

    def frame(self, id: object) -> WaitingFrame | None:
        """The frame of a task with this id."""
        return self._frames.get(id) if isinstance(id, int) else None

    # What the client is shown.

    def with_tasks(self, threads: list[dict[str, Any]], then: Callable[[list[dict[str, Any]]], None]) -> None:
        """debugpy's threads, the one that is held with the name of the task that runs in it, and the tasks that are pending."""

        def on_answer(text: str | None) -> None:
            found = parsed(text) or {}
            here = found.get("here")
            self._threads = {one.get("id"): str(one.get("name")) for one in threads}
            waits = _of_one(found.get("threads") or (), threads)
            own = [_running(one, here["name"]) if here and one.get("id") == self.thread else _waiting(one, waits) for one in threads]
            tasks = [{"id": FIRST_TASK + one["actor"], "name": _name(one)} for one in found.get("tasks") or ()]
            if tasks and found.get("more"):
                tasks[-1]["name"] += f" · {found['more']} more tasks are not listed"
            then([*own, *tasks])

        self._ask_held(TASKS, on_answer)

    def stack(self, task: int, then: Callable[[list[dict[str, Any]]], None]) -> None:
        """The frames of a task that waits, innermost first."""
        if task in self._under:
            then(self._under[task])
            return

        def on_answer(text: str | None) -> None:
            found = parsed(text) or {}
            self._under[task] = [*self._described(task, found.get("frames") or ()), *self._created(found.get("creator"), task)]
            then(self._under[task])

        self._ask_held(stack_of(task), on_answer)

    def under(self, answer: Message, then: Callable[[list[dict[str, Any]]], None]) -> None:
        """The frames of the tasks that wait for the one which is held, each task's after a label. `answer` is debugpy's, about its stack."""
        if -1 in self._under:
            then(self._under[-1])
            return

        def on_answer(text: str | None) -> None:
            found = parsed(text) or {}
            frames = []
            for one in found.get("chain") or ():
                frames += [self._label(f"awaited by task {one['name']}", one["actor"]), *self._described(one["actor"], one["frames"])]
            self._under[-1] = [*frames, *self._created(found.get("creator"))]
            then(self._under[-1])

        frame = frame_in(answer)
        if frame is None:
            self._ask_held(AWAITERS, on_answer)
        else:
            evaluated(self.ask, frame, AWAITERS, on_answer)

    def created(self, thread: object, then: Callable[[list[dict[str, Any]]], None]) -> None:
        """A label that says who created another thread of debugpy's; none where nobody knows."""
        name = self._threads.get(thread)
        if name is None:
            then([])
        else:
            self._ask_held(creator_of(name), lambda text: then(self._created(parsed(text))))

    def _ask_held(self, question: str, then: Callable[[str | None], None]) -> None:
        innermost(self.ask, self.thread, lambda frame: evaluated(self.ask, frame, question, then), lambda error: then(None))

    def _created(self, creator: str | None, actor: int = 0) -> list[dict[str, Any]]:
        return [self._label(f"created by {creator}", actor)] if creator else []

    def _described(self, task: int, stack: Sequence[list[Any]]) -> list[dict[str, Any]]:
        seen: dict[tuple[str, str], int] = {}
        frames = []
        for path, line, function in stack:
            inner = seen[path, function] = seen.get((path, function), -1) + 1
            id = self._number(WaitingFrame(task, path, function, inner))
            source = {"name": Path(path).name, "path": path}
            frames.append({"id": id, "name": function, "source": source, "line": line, "column": 1, "presentationHint": "normal"})
        return frames

    def _label(self, text: str, task: int) -> dict[str, Any]:
        return {"id": self._number(WaitingFrame(task, "", "", 0)), "name": text, "line": 0, "column": 0, "presentationHint": "label"}

    def _number(self, frame: WaitingFrame) -> int:
        number = FIRST_FRAME + self._given
        self._given = (self._given + 1) % _MOST_FRAMES
        self._frames[number] = frame
        return number


def _running(thread: dict[str, Any], task: str) -> dict[str, Any]:
    return {**thread, "name": f"{thread.get('name')} · task {task}"}


def _waiting(thread: dict[str, Any], waits: dict[str, str]) -> dict[str, Any]:
    words = waits.get(str(thread.get("name")))
    return {**thread, "name": f"{thread['name']} (waiting for {words})"} if words else thread


def _of_one(waits: Sequence[list[str]], threads: list[dict[str, Any]]) -> dict[str, str]:
    """What a thread waits for by its name, where only one has that name."""
    return {name: words for name, words in waits if sum(one.get("name") == name for one in threads) == 1}


def _name(task: dict[str, Any]) -> str:
    place = task.get("place")
    return f"task {task['name']} ({task['words']}{f', {Path(place[0]).name}:{place[1]}' if place else ''})"
