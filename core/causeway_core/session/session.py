"""The time-travel session: the one class that debug adapters, commands and proofs use to look at a recording."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from causeway_core.graph.causal import CausalGraph
from causeway_core.model import At, Mark, Predecessor, Stop, StopReason
from causeway_core.model.at import make_at, parse_at, stream_of
from causeway_core.session.accesses import Accesses
from causeway_core.session.actorlist import Actors
from causeway_core.session.actorstate import ActorList
from causeway_core.session.bindings import Bindings
from causeway_core.session.breakpoint import DataBreakpoint, ExceptionFilter, FunctionBreakpoint, LineBreakpoint, LogLine, Verified
from causeway_core.session.execution import Execution, Executions
from causeway_core.session.explanation import Explanations, Link
from causeway_core.session.frame import Frame, Scope
from causeway_core.session.framenames import FrameNames
from causeway_core.session.growth import Growth
from causeway_core.session.logpoint import message
from causeway_core.session.movement import Move, Movement, no_events
from causeway_core.session.neighbourhood import Neighbourhood, Neighbourhoods
from causeway_core.session.now import Now, before, count_lines_since, latest, now_of
from causeway_core.session.objectlog import ObjectLogs
from causeway_core.session.objects import Objects
from causeway_core.session.origins import Origins
from causeway_core.session.overview import Overview, overview
from causeway_core.session.past import Past
from causeway_core.session.place import Change, Place
from causeway_core.session.questions import Questions
from causeway_core.session.scopes import Scopes
from causeway_core.session.sourcelines import SourceLines
from causeway_core.session.stack import Stacks
from causeway_core.session.stopping import Interrupted, Stopping
from causeway_core.session.trail import Step, Trail
from causeway_core.session.variable import Ref, Variable
from causeway_core.session.variables import Variables
from causeway_core.storage.recording import Recording

__all__ = ["Execution", "Link", "Session"]


class Session:
    """A mark that moves over a finished or growing recording.

    A facade: each group of methods is implemented by one class of this package (`Movement`, `Stopping`, `Stacks`, `Variables` …), which all read from
    `Past`. The only state is `mark`, the breakpoints, and the trail that makes a step undo the opposite one before it. All queries take a mark
    (default: the session's) or a frame. Movement never raises at an end of history: it returns a Stop with reason `entry` or `end` and a sentence.
    The first step in a process costs one scan of its records (about 30 ns each). Not thread-safe.
    """

    def __init__(self, recording: Recording, growth: Growth | None = None) -> None:
        """`growth`: what earlier sessions know of a growing recording."""
        self._recording = recording
        self._growth = growth or Growth()
        self._trail = Trail()
        self._graph: tuple[int, CausalGraph] | None = None
        self._build()
        self._mark = self._movement.start().mark

    def _build(self) -> None:
        past = self._past = Past(self._recording, self._growth.cache)
        self._origins = Origins(past)
        self._movement = Movement(past, self._origins)
        self._stacks = Stacks(past, self._origins)
        self._bindings = Bindings(past)
        logs = ObjectLogs(past)
        self._objects = Objects(past, logs)
        self._accesses = Accesses(past, logs)
        self._variables = Variables(self._objects)
        self._questions = Questions(past, self._bindings, self._objects, self._variables)
        self._lines = SourceLines(past)
        self._stopping = Stopping(past, self._accesses, self._bindings, self._lines, self._condition)
        self._executions = Executions(past, self._lines)
        self._actors = Actors(past)
        self._scopes = Scopes(past, self._variables, self._accesses, self._actors, self.causes)

    @classmethod
    def open(cls, path: str | Path, growth: Growth | None = None) -> Session:
        """A session over the recording at `path`, at its beginning. Raises as `Recording.open` does."""
        return cls(Recording.open(path, growing=growth.growing if growth is not None else None), growth)

    def refresh(self) -> bool:
        """Reads what was added to a growing recording since it was opened; returns whether there was any. The mark and the breakpoints stay.

        Opens the file again; costs about 30 ns for each added record.
        """
        fresh = Recording.open(self._recording.path)
        if sum(chunk.words for chunk in fresh.chunks()) == sum(chunk.words for chunk in self._recording.chunks()):
            fresh.close()
            return False
        self._recording.close()
        self._recording = fresh
        self._graph = None
        definitions = self._stopping.definitions
        self._build()
        self._stopping.restore(definitions)
        return True

    def close(self) -> None:
        """Closes the recording."""
        self._recording.close()

    @property
    def recording(self) -> Recording:
        """The recording that the session travels."""
        return self._recording

    @property
    def mark(self) -> Mark:
        """The position of the session."""
        return self._mark

    def focus(self, mark: Mark) -> None:
        """Makes `mark` the session's position without a Stop, as when a person picks another actor; forgets the trail if the mark is another one."""
        if mark != self._mark:
            self._past.at(mark.at).locate(mark.at)
            self._trail.clear()
            self._mark = mark

    @property
    def graph(self) -> CausalGraph:
        """The causal graph of the recording, loaded at the first query, and again when its edges were derived again."""
        derivation = self._recording.derivation
        if self._graph is None or self._graph[0] != derivation:
            self._graph = derivation, CausalGraph.load(self._recording)
        return self._graph[1]

    # Movement. Each moves `mark` and returns where it ended.

    def start(self) -> Stop:
        """To the first line of the recording."""
        return self._jump(self._movement.start(), "entry")

    def end(self, process: int | None = None) -> Stop:
        """To the end of the recording: of its first process, or of this one."""
        return self._jump(self._movement.end(process), "end")

    def step_over(self) -> Stop:
        """To the next line of the same activation, over calls and awaits; from its last line to the next line of what called or awaited it."""
        return self._step(self._movement.over, "over")

    def step_in(self) -> Stop:
        """To the next line of the same actor, in any function that it calls."""
        return self._step(self._movement.into, "in")

    def step_out(self) -> Stop:
        """To the next line of the caller or awaiting coroutine after this activation has ended."""
        return self._step(self._movement.out, "out")

    def step_back(self) -> Stop:
        """To the previous line of the same activation, over calls and awaits; from its first line to the caller's line; where nothing of the same
        actor called it, to the cause: the creator, submitter, sender, or the caller in the other service."""
        return self._step(self._movement.back, "back")

    def step_back_in(self) -> Stop:
        """To the previous line of the same actor, in any function that it called; if it was suspended or blocked in between, to what woke it."""
        return self._step(self._movement.back_in, "back in")

    def step_back_out(self) -> Stop:
        """To the line that called or awaited this activation, or to the cause of its actor."""
        return self._step(self._movement.back_out, "back out")

    def continue_forward(self) -> Stop:
        """To the next hit of any breakpoint in any actor, else to the end."""
        return self._continue(1)

    def reverse_continue(self) -> Stop:
        """To the previous hit of any breakpoint in any actor, else to the beginning."""
        return self._continue(-1)

    def now(self, uid: str, stream: int, path: str, line: int) -> Now:
        """The position of a thread of the recorded program that a debugger holds before a line: the writer of stream `stream` of process `uid`.

        Raises KeyError if nothing of it was recorded.
        """
        return now_of(self._past, uid, stream, path, line)

    def step_back_from(self, now: Now) -> Stop:
        """From now to the line before."""
        move = before(self._past, self._movement, now)
        return self._jump(move, "entry") if move.edge else self._jump(Move(move.mark, move.text or self._where(move.mark)), "step")

    def reverse_continue_from(self, now: Now) -> Stop:
        """From now to the last hit of any breakpoint, else to the beginning."""
        found = self._stopping.search(now.mark, -1, inclusive=not now.pending)
        return self._jump(Move(found[0], found[2]), found[1]) if found is not None else self.start()

    def end_of(self, now: Now) -> Mark:
        """A mark after everything that the held actor has done: the latest event is before it."""
        stream = stream_of(now.mark.at)
        return Mark(now.mark.actor, At(make_at(stream, self._past.chunks.end(stream)) - 1))

    def latest(self, now: Now, number: int) -> Mark:
        """The last event of a different actor of the held process, by its number on the wire. Raises KeyError if it did nothing."""
        return latest(self._past, now.mark.at, number)

    def lines_before(self, now: Now) -> int:
        """How many lines of all actors have begun between the mark and now, the mark's own included."""
        return count_lines_since(self._past, self._mark.at, self._growth.cache.lines) - now.pending

    def goto(self, target: Mark | At) -> Stop:
        """To a mark, or to the event `target` in its actor. Raises KeyError if there is no such event."""
        if isinstance(target, Mark):
            self._past.at(target.at).locate(target.at)
            mark = target
        else:
            mark = self._past.mark(self._past.chunks.align(target))
        return self._jump(Move(mark, self._where(mark)), "goto")

    def restart_frame(self, frame: Frame) -> Stop:
        """To the first line of the frame's activation."""
        timeline = self._past.at(frame.activation)
        first = timeline.segment(timeline.activation_called(frame.activation).first)
        stop = timeline.stop_after(first, At(first.at - 1)) or frame.activation
        return self._jump(Move(self._past.mark(stop), f"Start of {frame.function}"), "restart")

    def travel(self, finding_id: str, role: str | None = None) -> Stop:
        """To the line of an access of a finding: the one with this role, else the last of its witness. Raises KeyError for an unknown finding or
        role."""
        finding = next((one for one in self._recording.findings() if one["id"] == finding_id), None)
        if finding is None:
            raise KeyError(finding_id)
        accesses = [access for access in finding["accesses"] if role is None or access["role"] == role]
        if not accesses:
            raise KeyError(role)
        access = parse_at(accesses[-1]["event"])
        at = self._past.stop_of(access) or access
        reason: StopReason = "deadlock" if finding["kind"] in ("deadlock", "lost_wakeup") else "race"
        return self._jump(Move(self._past.mark(at), f"{finding['id']}: {finding['title']}"), reason)

    def _step(self, movement: Callable[[Mark], Move], step: Step) -> Stop:
        start = self._mark
        undone = self._trail.undo(start, step)
        if undone is not None:
            self._mark = undone
            return Stop(undone, "step", self._where(undone))
        move = movement(start)
        self._mark = move.mark
        if move.mark != start:
            self._trail.add(start, move.mark, step)
        if move.edge:
            return Stop(move.mark, "entry" if move.edge == "entry" else "end", move.text)
        return Stop(move.mark, "step", move.text or self._where(move.mark))

    def _jump(self, move: Move, reason: StopReason) -> Stop:
        self._trail.clear()
        self._mark = move.mark
        return Stop(move.mark, reason, move.text)

    def _continue(self, direction: Literal[1, -1]) -> Stop:
        if not self._mark.at:
            raise no_events()
        try:
            found = self._stopping.search(self._mark, direction)
        except Interrupted:
            return Stop(self._mark, "pause", f"Interrupted: nothing was found until then; still at {self._where(self._mark)}")
        if found is None:
            return self.end() if direction > 0 else self.start()
        return self._jump(Move(found[0], found[2]), found[1])

    def interrupt_when(self, is_interrupted: Callable[[], bool]) -> None:
        """Has a long continue call `is_interrupted` every few milliseconds. Once it returns True, the session stays where it is, with reason
        `pause`."""
        self._stopping.interrupted = is_interrupted

    def _where(self, mark: Mark) -> str:
        return ", ".join(part for part in (self._past.title(mark.actor), self._past.place(mark.at)) if part)

    # Causes.

    def causes(self, mark: Mark | None = None) -> tuple[Predecessor, ...]:
        """The immediate causal predecessors of what happens at the mark: program order, what made this step run, what its line waited for, the
        writers it reads from."""
        return self.graph.predecessors(*self._extent(mark or self._mark))

    def effects(self, mark: Mark | None = None) -> tuple[Predecessor, ...]:
        """The immediate causal successors of what happens at the mark, as `causes`."""
        return self.graph.successors(*self._extent(mark or self._mark))

    def neighbourhood(self, mark: Mark | None = None, *, depth: int = 4, limit: int = 40) -> Neighbourhood:
        """The local causal graph around a mark: `depth` ties backwards, one forwards, at most `limit` nodes."""
        return Neighbourhoods(self._past, self.graph, self._extent).of(mark or self._mark, depth, limit)

    def overview(self) -> Overview:
        """The landmarks of the whole recording by clock: findings, exceptions, spans."""
        return overview(self._past)

    def goto_line(self, target: At) -> Stop:
        """To the line that was executing at an event, so that stepping back from there leaves it; as `goto` where no woven code was."""
        return self.goto(self.line_of(self.goto(target).mark))

    def line_of(self, mark: Mark) -> Mark:
        """The mark of the line that was executing at a mark; the mark itself where no woven code was."""
        stop = self._past.stop_of(mark.at)
        return self._past.mark(stop) if stop is not None else mark

    def precedes(self, a: Mark, b: Mark) -> bool:
        """Whether `a` comes before `b` in the recording's order (by the clock between processes); not a statement about causes."""
        return self._past.before(a.at, b.at)

    def offset_ns(self, mark: Mark | None = None) -> int:
        """ns of clock between the recording's beginning and a mark."""
        return self._past.clock.since_start_ns((mark or self._mark).at)

    def travel_to_offset(self, offset_ns: int) -> Stop:
        """To the line that was executing `offset_ns` after the recording began, as near as the clock readings tell."""
        at = self._past.clock.event_at(offset_ns)
        if at is None:
            return self.start()
        stop = self._past.stop_of(at) or self._past.at(at).stop_after(self._past.at(at).locate(at), at)
        if stop is None and self._past.before(at, self._movement.start().mark.at):
            return self.start()
        return self.goto(self._past.mark(stop if stop is not None else at))

    def step_into_cause(self, predecessor: Predecessor) -> Stop:
        """To the line of a predecessor or successor; a following `step_over` (or `step_back`) returns."""
        start = self._mark
        stop = self._past.line_before(predecessor.at)
        mark = self._past.mark(stop if stop is not None else predecessor.at)
        self._mark = mark
        if mark != start:
            self._trail.add(start, mark, "cause")
        return Stop(mark, "step", predecessor.reason)

    def step_to_cause(self) -> Stop:
        """To the first cause that is not just the line before: the write that was read, the waker, the releaser, the sender; where the line has
        none, to what made its actor run; at a root one step back."""
        cause = next((cause for cause in self.causes() if cause.kind != "program"), None) or self.graph.why_it_ran(self._mark.at)
        return self.step_into_cause(cause) if cause is not None else self.step_back()

    def why(self, question: str, frame: Frame | None = None) -> list[Link]:
        """The causal chain, effect first, of an expression in a frame, a finding's id, an event's name, or of being here ("")."""
        explanations = Explanations(self._past, self.graph)
        text = question.strip()
        if not text:
            return explanations.of_event(*self._extent(self._mark))
        finding = next((one for one in self._recording.findings() if one["id"] == text), None)
        if finding is not None:
            return explanations.of_finding(finding)
        try:
            at = parse_at(text)
        except ValueError:
            change = self.last_writer(self.place(text, frame), frame.mark if frame is not None else None)
            return explanations.of_change(text, change)
        return explanations.of_event(*self._extent(self._past.mark(self._past.chunks.align(at))))

    def _extent(self, mark: Mark) -> tuple[At, At]:
        """The first and last event of the line at a mark, as far as they are in one stretch of the actor."""
        timeline = self._past.at(mark.at)
        segment = timeline.locate(mark.at)
        following = timeline.stop_after(segment, mark.at)
        step = self._recording.step_at(mark.at)
        # The last line of an activation ends with it: what the caller does next does not belong to it.
        returned = timeline.activation(segment.activation).end_at
        ends = [at for at in (following, returned + 1 if returned else None, step.last_at + 1 if step else None) if at is not None and at > mark.at]
        end = min((at for at in ends if stream_of(At(at)) == stream_of(mark.at)), default=segment.end)
        return mark.at, self._past.chunks.align(At(end - 1))

    # Breakpoints. Each call replaces the former ones of its kind (lines: of that file).

    def set_line_breakpoints(self, path: str, breakpoints: Sequence[LineBreakpoint]) -> list[Verified]:
        """Sets the breakpoints of one file; a line without code moves to the next one that has some."""
        return self._stopping.set_lines(path, breakpoints)

    def set_function_breakpoints(self, breakpoints: Sequence[FunctionBreakpoint]) -> list[Verified]:
        """Sets the function breakpoints."""
        return self._stopping.set_functions(breakpoints)

    def set_data_breakpoints(self, breakpoints: Sequence[DataBreakpoint]) -> list[Verified]:
        """Sets the data breakpoints."""
        return self._stopping.set_data(breakpoints)

    def set_exception_filters(self, filters: dict[ExceptionFilter, str | None]) -> list[Verified]:
        """Sets the filters, each with a condition (parts of type names, separated by commas) or None."""
        return self._stopping.set_exceptions(filters)

    def run_logpoints(self) -> Iterator[LogLine]:
        """The messages of all logpoints over the whole recording, in its order; the mark stays."""
        for mark, armed in self._stopping.logged():
            frame = self._stacks.top(mark)
            text = message(armed.log or "", lambda expression, frame=frame: self._message_text(expression, frame))  # type: ignore[misc]
            yield LogLine(mark, text, frame.path, frame.line, self._past.title(mark.actor))

    def _message_text(self, expression: str, frame: Frame) -> str:
        """A value in a message: texts without quotes."""
        found = self.evaluate(expression, frame)
        return found.value.payload if found.value is not None and isinstance(found.value.payload, str) else found.text

    def breakable_lines(self, path: str, first: int, last: int) -> list[tuple[int, int]]:
        """The (line, column) pairs, both from 1, where a breakpoint can be."""
        return self._lines.between(path, first, last)

    def executions(self, path: str, line: int, limit: int = 1000) -> list[Execution]:
        """The executions of a line in the recording's order; when there are more than `limit`, those nearest to the mark."""
        return self._executions.of(path, line, limit, self._mark)

    # State.

    def frames(self, mark: Mark | None = None) -> list[Frame]:
        """The stack at a mark: synchronous frames innermost first, then label frames and the frames of awaiters, creators and callers."""
        return self._stacks.of(mark or self._mark)

    def calls(self, mark: Mark) -> list[Frame]:
        """Only the synchronous frames at a mark: needs nothing that is derived from the whole recording."""
        return self._stacks.synchronous(mark)

    def scopes(self, frame: Frame) -> list[Scope]:
        """Locals, Closure, Globals, Return or Exception where it applies, Causality; none for a label."""
        return [] if frame.is_label else self._scopes.of(frame, self._names(frame))

    def variables(self, ref: Ref, start: int = 0, count: int | None = None) -> list[Variable]:
        """The children of a reference, as they were at its mark; named ones first."""
        if ref.kind != "scope":
            return self._variables.children(ref, start, count)
        frame, kind = self._scopes.key(ref)
        found = self._scopes.variables(frame, kind, self._names(frame))
        return found[start : None if count is None else start + count]

    def evaluate(self, expression: str, frame: Frame | None = None) -> Variable:
        """The value of a side-effect-free expression in a frame (default: the innermost at the mark).

        Raises EvaluationError for what is refused or fails, NotCaptured when a value it needs was not captured. Bounded in time and size.
        """
        return self._questions.evaluate(expression, self._names(frame))

    def completions(self, prefix: str, frame: Frame | None = None) -> list[str]:
        """Names (or, after a dot, attributes) that could complete `prefix` in a frame."""
        return self._questions.completions(prefix, self._names(frame))

    def actors(self, mark: Mark | None = None, limit: int = 1000) -> ActorList:
        """All actors as they are at a mark: the one at it first, then those causally near, running, waiting, finished."""
        return self._actors.at(mark or self._mark, limit)

    def place(self, expression: str, frame: Frame | None = None) -> Place:
        """The place that a name, attribute or item expression denotes. Raises EvaluationError for anything else."""
        return self._questions.place(expression, self._names(frame))

    def last_writer(self, place: Place, before: Mark | None = None) -> Change | None:
        """The last write of a place before a mark in the order of its process; None if there is none."""
        return self._accesses.last_writer(place, before or self._mark)

    def history(self, place: Place, limit: int = 10_000) -> list[Change]:
        """The recorded reads and writes of a place in the order of its process; the last `limit`."""
        return self._accesses.history(place, limit)

    def _names(self, frame: Frame | None) -> FrameNames:
        mark, activation = (frame.mark, frame.activation) if frame is not None else (self._mark, At(0))
        return FrameNames(self._past, self._bindings, mark, activation)

    def _condition(self, expression: str, mark: Mark) -> object:
        """A breakpoint's condition at a mark, as true or false."""
        return self._questions.truth(expression, FrameNames(self._past, self._bindings, mark))


