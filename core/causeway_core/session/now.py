"""Now: where a program that is held stands in its own recording."""

from __future__ import annotations

from dataclasses import dataclass

from causeway_core.model import At, Mark, make_at
from causeway_core.session.movement import Move, Movement
from causeway_core.session.past import Past


@dataclass(frozen=True, slots=True)
class Now:
    """The actor that is held at the end of what it has recorded.

    `mark` is its last event, which has happened. A line may have been announced that has not begun, together with what the line before it did
    last: then `pending` says so, and the event of that announcement is where the program stands.
    """

    mark: Mark
    pending: bool = False

    def is_at(self, mark: Mark) -> bool:
        """Whether a mark is now rather than before it."""
        return self.pending and mark == self.mark


def now_of(past: Past, uid: str, number: int, path: str, line: int) -> Now:
    """Where the thread that writes stream `number` of process `uid` stands, when a debugger holds it before `line` of `path`.

    Raises KeyError where nothing of it was recorded.
    """
    process = next((id for id, found in past.processes.items() if found.uid == uid), None)
    stream = next((one for one in past.recording.streams() if one.process == process and one.number == number), None)
    if stream is None or past.chunks.end(stream.id) == 0:
        raise KeyError(uid)
    last = past.chunks.align(At(make_at(stream.id, past.chunks.end(stream.id)) - 1))
    mark = past.mark(last)
    found = past.line_of(last) if past.stop_of(last) == last else None
    return Now(mark, found is not None and found[0].path == path and found[1] == line)


def before(past: Past, movement: Movement, now: Now) -> Move:
    """A step back from now: the last line of the activation that is held, else what called it, else the cause."""
    if now.pending:
        return movement.back(now.mark)
    timeline = past.at(now.mark.at)
    segment = timeline.locate(now.mark.at)
    root = timeline.activation(segment.activation).is_root
    found = timeline.stop_before(segment, At(now.mark.at + 1), of_actor=root)
    if found is None:
        return movement.back(now.mark)
    return Move(past.mark(found), "")
