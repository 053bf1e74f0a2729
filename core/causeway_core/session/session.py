"""The time-travel session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from causeway_core.model import At, Mark, Predecessor, Stop
from causeway_core.session.actorstate import ActorList
from causeway_core.session.breakpoint import DataBreakpoint, ExceptionFilter, FunctionBreakpoint, LineBreakpoint, LogLine, Verified
from causeway_core.session.frame import Frame, Scope
from causeway_core.session.place import Change, Place
from causeway_core.session.variable import Ref, Variable
from causeway_core.storage.recording import Recording


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of a line: the `nth` from 1 in the recording's order. `offset_ns` is the wall clock since the recording began, `preview` the values
    it changed, as `x=1, self.y=2`."""

    mark: Mark
    nth: int
    actor: int
    actor_title: str
    offset_ns: int
    preview: str


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a causal chain, effect first: `text` says what happened and why it led to the link before it."""

    mark: Mark
    text: str
    path: str
    line: int


class Session:
    """A mark that moves over a finished or growing recording.

    Stateful only in `mark`, the breakpoints and the trail that makes `step_over` undo `step_back`; all questions about state take a mark (default: the
    session's) or a frame. Movement never raises at an end of history: it gives a Stop with reason `entry` or `end` and a sentence. Not for several threads.
    """

    def __init__(self, recording: Recording) -> None:
        raise NotImplementedError

    @classmethod
    def open(cls, path: str | Path) -> Session:
        """A session over the recording at `path`, at its beginning. Raises as `Recording.open` does."""
        raise NotImplementedError

    def close(self) -> None:
        """Closes the recording."""
        raise NotImplementedError

    @property
    def recording(self) -> Recording:
        """The recording travelled."""
        raise NotImplementedError

    @property
    def mark(self) -> Mark:
        """Where the session is."""
        raise NotImplementedError

    def focus(self, mark: Mark) -> None:
        """Makes `mark` the session's position without a Stop, as when a person picks another actor; forgets the trail if the mark is another one."""
        raise NotImplementedError

    # Movement. Each moves `mark` and says where it ended.

    def start(self) -> Stop:
        """To the first line of the recording."""
        raise NotImplementedError

    def end(self) -> Stop:
        """To the end of the recording."""
        raise NotImplementedError

    def step_over(self) -> Stop:
        """To the next line of the same activation, over calls and awaits; from its last line to the next line of what called or awaited it."""
        raise NotImplementedError

    def step_in(self) -> Stop:
        """To the next line of the same actor, in whatever it calls."""
        raise NotImplementedError

    def step_out(self) -> Stop:
        """To the next line of the caller or awaiting coroutine after this activation has ended."""
        raise NotImplementedError

    def continue_forward(self) -> Stop:
        """To the next hit of any breakpoint in any actor, else to the end."""
        raise NotImplementedError

    def step_back(self) -> Stop:
        """To the previous line of the same activation, over calls and awaits; from its first line to the caller's line; where nothing of the same
        actor called it, to the cause: the creator, submitter, sender, or the caller in the other service."""
        raise NotImplementedError

    def step_back_in(self) -> Stop:
        """To the previous line of the same actor, in whatever it called; where it was suspended or blocked meanwhile, to what woke it."""
        raise NotImplementedError

    def step_back_out(self) -> Stop:
        """To the line that called or awaited this activation, or to the cause of its actor."""
        raise NotImplementedError

    def reverse_continue(self) -> Stop:
        """To the previous hit of any breakpoint in any actor, else to the beginning."""
        raise NotImplementedError

    def goto(self, target: Mark | At) -> Stop:
        """To a mark, or to the event `target` in its actor. Raises KeyError where there is no such event."""
        raise NotImplementedError

    def restart_frame(self, frame: Frame) -> Stop:
        """To the first line of the frame's activation."""
        raise NotImplementedError

    def travel(self, finding_id: str, role: str | None = None) -> Stop:
        """To an access of a finding: the one with this role, else the last of its witness. Raises KeyError for an unknown finding or role."""
        raise NotImplementedError

    # Causes.

    def causes(self, mark: Mark | None = None) -> tuple[Predecessor, ...]:
        """The immediate causal predecessors of what happens at the mark: program order, what made this step run, what its line waited for, the writers it reads from."""
        raise NotImplementedError

    def effects(self, mark: Mark | None = None) -> tuple[Predecessor, ...]:
        """The immediate causal successors of what happens at the mark, as `causes`."""
        raise NotImplementedError

    def step_into_cause(self, predecessor: Predecessor) -> Stop:
        """To a predecessor or successor; a following `step_over` (or `step_back`) returns."""
        raise NotImplementedError

    def why(self, question: str, frame: Frame | None = None) -> list[Link]:
        """The causal chain, effect first, of an expression in a frame, a finding's id, an event's name, or of being here ("")."""
        raise NotImplementedError

    # Breakpoints. Each call replaces the former ones of its kind (lines: of that file).

    def set_line_breakpoints(self, path: str, breakpoints: Sequence[LineBreakpoint]) -> list[Verified]:
        """Sets the breakpoints of one file; a line without code moves to the next one that has some."""
        raise NotImplementedError

    def set_function_breakpoints(self, breakpoints: Sequence[FunctionBreakpoint]) -> list[Verified]:
        """Sets the function breakpoints."""
        raise NotImplementedError

    def set_data_breakpoints(self, breakpoints: Sequence[DataBreakpoint]) -> list[Verified]:
        """Sets the data breakpoints."""
        raise NotImplementedError

    def set_exception_filters(self, filters: dict[ExceptionFilter, str | None]) -> list[Verified]:
        """Sets the filters, each with a condition (part of a type name, or an expression over `exception`) or None."""
        raise NotImplementedError

    def run_logpoints(self) -> Iterator[LogLine]:
        """The messages of all logpoints over the whole recording, in its order; the mark stays."""
        raise NotImplementedError

    def breakable_lines(self, path: str, first: int, last: int) -> list[tuple[int, int]]:
        """The (line, column) pairs, both from 1, where a breakpoint can be."""
        raise NotImplementedError

    def executions(self, path: str, line: int, limit: int = 1000) -> list[Execution]:
        """The executions of a line in the recording's order; when there are more than `limit`, those nearest to the mark."""
        raise NotImplementedError

    # State.

    def frames(self, mark: Mark | None = None) -> list[Frame]:
        """The stack at a mark: synchronous frames innermost first, then label frames and the frames of awaiters, creators and callers."""
        raise NotImplementedError

    def scopes(self, frame: Frame) -> list[Scope]:
        """Locals, Closure, Globals, Return or Exception where it applies, Causality; none for a label."""
        raise NotImplementedError

    def variables(self, ref: Ref, start: int = 0, count: int | None = None) -> list[Variable]:
        """The children of a reference, as they were at its mark; named ones first."""
        raise NotImplementedError

    def evaluate(self, expression: str, frame: Frame | None = None) -> Variable:
        """The value of a side-effect-free expression in a frame (default: the innermost at the mark).

        Raises EvaluationError for what is refused or fails, NotCaptured when a value it needs was not captured. Bounded in time and size.
        """
        raise NotImplementedError

    def completions(self, prefix: str, frame: Frame | None = None) -> list[str]:
        """Names (or, after a dot, attributes) that could complete `prefix` in a frame."""
        raise NotImplementedError

    def actors(self, mark: Mark | None = None, limit: int = 1000) -> ActorList:
        """All actors as they are at a mark: the one at it first, then those causally near, running, waiting, finished."""
        raise NotImplementedError

    def place(self, expression: str, frame: Frame | None = None) -> Place:
        """The place that a name, attribute or item expression denotes. Raises EvaluationError for anything else."""
        raise NotImplementedError

    def last_writer(self, place: Place, before: Mark | None = None) -> Change | None:
        """The last write of a place before a mark in the order of its process; None where there is none."""
        raise NotImplementedError

    def history(self, place: Place, limit: int = 10_000) -> list[Change]:
        """The recorded reads and writes of a place in the order of its process."""
        raise NotImplementedError
