"""Now: the position of a held program in its own recording."""

from __future__ import annotations

from dataclasses import dataclass

from causeway_core.model import At, Mark, make_at
from causeway_core.session.chunks import ALL_KINDS
from causeway_core.session.hits import cuts_at
from causeway_core.session.movement import Move, Movement
from causeway_core.session.past import Past


@dataclass(frozen=True, slots=True)
class Now:
    """The actor that is held at the end of what it has recorded.

    `mark` is its last event, which has happened. A line that has not begun may already be recorded, together with the last effect of the line
    before it: then `pending` is true, and the event of that record is the position of the program.
    """

    mark: Mark
    pending: bool = False

    def is_at(self, mark: Mark) -> bool:
        """Whether a mark is now rather than before it."""
        return self.pending and mark == self.mark


def now_of(past: Past, uid: str, number: int, path: str, line: int) -> Now:
    """The position of the thread that writes stream `number` of process `uid`, when a debugger holds it before `line` of `path`.

    Raises KeyError if nothing of it was recorded.
    """
    process = next((id for id, found in past.processes.items() if found.uid == uid), None)
    stream = next((one for one in past.recording.streams() if one.process == process and one.number == number), None)
    if stream is None or past.chunks.end(stream.id) == 0:
        raise KeyError(uid)
    last = past.chunks.align(At(make_at(stream.id, past.chunks.end(stream.id)) - 1))
    mark = past.mark(last)
    stop = past.stop_of(last)
    found = past.line_of(last) if stop is not None else None
    if stop is None or found is None or found[0].path != path or found[1] != line or _anything_after(past, stop, last):
        return Now(mark)
    return Now(past.mark(stop), pending=True)


def _anything_after(past: Past, stop: At, last: At) -> bool:
    """Whether the line that began at `stop` did anything that woven code records, not counting what a debugger does meanwhile."""
    return past.chunks.first(stop, At(last + 1), ALL_KINDS, beyond=True) is not None


def latest(past: Past, other: At, number: int) -> Mark:
    """The last event of the actor with this number on the wire, in the process of the event `other`. Raises KeyError where it did nothing."""
    timeline = past.at(other)
    bounds = timeline.actor_bounds(number)
    segment = bounds[1] if bounds is not None else None
    while segment is not None and segment.end <= segment.at:  # the last one has only begun
        segment = timeline.neighbour(segment, -1, of_actor=True, any=True)
    if segment is None:
        raise KeyError(number)
    return past.mark(past.chunks.align(At(segment.end - 1)))


def before(past: Past, movement: Movement, now: Now) -> Move:
    """A step back from now: the last line of the activation that is held, else what called it, else the cause."""
    if now.pending:
        return movement.back(now.mark)
    timeline = past.at(now.mark.at)
    segment = timeline.locate(now.mark.at)
    if timeline.activation(segment.activation).end_at == now.mark.at and segment.below >= 0:
        segment = timeline.segment(segment.below)  # a call has just ended: its caller is held
    root = timeline.activation(segment.activation).is_root
    found = timeline.stop_before(segment, At(now.mark.at + 1), of_actor=root)
    if found is None:
        return movement.back(now.mark)
    return Move(past.mark(found), "")


def count_lines_since(past: Past, at: At, known: dict[tuple[int, int, int], int]) -> int:
    """How many lines begin at or after an event, in all actors; by the clock in other processes. `known` keeps the counts of whole chunks."""
    count = 0
    for process in past.processes:
        timeline = past.timeline(process)
        cuts = cuts_at(past, process, at, after=False)
        for stream in timeline.streams:
            cut = cuts.get(stream.id, 0)
            for chunk in past.chunks.of(stream.id):
                if chunk.end <= cut:
                    continue
                if chunk.first < cut:
                    count += int((timeline.stops_in(chunk) >= cut - chunk.first).sum())
                    continue
                key = (chunk.stream, chunk.first, chunk.words)
                if key not in known:
                    known[key] = len(timeline.stops_in(chunk))
                count += known[key]
    return count
