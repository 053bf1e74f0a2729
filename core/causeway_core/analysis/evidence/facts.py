"""What the analysis knows about a recording besides accesses and order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.evidence.work_items import WorkItems
from causeway_core.model import Actor, At, Edge, Function, Location, Process, Site, Step
from causeway_core.storage.rows import ExceptionRow, Io, Message, Obj, Span, Sql, Waiting


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows of a recording by id, as `load` reads them (or tests write them down). `sources` are texts by path, `root` the project's folder.

    `steps` are by actor in program order; `edges_into` and `edges_out_of` give the edges that end, or begin, between two events of a stream, both
    included.
    """

    actors: Mapping[int, Actor]
    locations: Mapping[int, Location]
    sites: Mapping[int, Site]
    functions: Mapping[int, Function]
    sources: Mapping[str, str]
    root: str = ""
    services: Mapping[int, str] = field(default_factory=dict)
    objects: Mapping[int, Obj] = field(default_factory=dict)
    steps: Mapping[int, Sequence[Step]] = field(default_factory=dict)
    step_cause: Callable[[int], int] = lambda step: 0
    step_at: Callable[[int], tuple[int | None, int | None]] = lambda at: (None, None)
    lacked: Callable[[int, str], bool] = lambda object, name: False
    """Whether an object had no attribute of a name (a dict no such key, as shown) when it was first seen."""
    first_seen: Callable[[int], At | None] = lambda object: None
    """The event at which an object's contents were first recorded."""
    operations: Iterable[Operation] = ()
    edges_into: Callable[[int, int], Sequence[Edge]] = lambda first, last: ()
    edges_out_of: Callable[[int, int], Sequence[Edge]] = lambda first, last: ()
    waiting: Sequence[Waiting] = ()
    sql: Sequence[Sql] = ()
    sql_order: Sequence[int] = ()
    io: Sequence[Io] = ()
    io_order: Sequence[int] = ()
    spans: Sequence[Span] = ()
    messages: Sequence[Message] = ()
    exceptions: Sequence[ExceptionRow] = ()
    processes: Sequence[Process] = ()
    interrupted: bool = False
    work_items: WorkItems = field(default_factory=WorkItems)

    def thread_of(self, actor: int) -> int:
        """The worker that ran a work item; any other actor is itself."""
        item = self.work_items.all.get(actor)
        return item.worker if item is not None else actor

    def work_of(self, actor: int, at: int) -> int:
        """The work item that an event of a worker belongs to; any other actor is itself."""
        item = self.work_items.at(at)
        return item.id if item is not None and item.worker == actor else actor

    def tasks(self) -> dict[int, Actor]:
        """The tasks by their objects, which is what cancellations name. Goes through all actors."""
        return {actor.object: actor for actor in self.actors.values() if actor.kind == "task" and actor.object is not None}

    def started_by(self, actor: int, maker: int) -> At | None:
        """Where `maker` started an actor: created it, or submitted the work item; None if another actor did. The maker of a work item's start is
        its thread.
        """
        item, row = self.work_items.all.get(actor), self.actors.get(actor)
        at = item.submitted if item is not None else row.created_at if row is not None else None
        return at if at is not None and self.step_at(at)[1] == maker else None

    def path_of(self, site: int) -> str:
        """The file of a site, relative to the project root where possible."""
        return self.shown(self.functions[self.sites[site].function].path)

    def shown(self, path: str) -> str:
        """A path relative to the project root where possible."""
        prefix = self.root.rstrip("/") + "/"
        return path.removeprefix(prefix) if self.root else path

    def step_of(self, actor: int, at: int) -> Step | None:
        """The step of `actor` that contains the event."""
        for step in self.steps.get(actor, ()):
            if step.first_at <= at <= step.last_at:
                return step
        return None

    def steps_between(self, actor: int, first: int, last: int) -> Sequence[Step]:
        """Steps of `actor` from the one with id `first` to the one with id `last`, both included."""
        steps = self.steps.get(actor, ())
        numbers = {step.id: index for index, step in enumerate(steps)}
        if first not in numbers or last not in numbers:
            return ()
        return steps[numbers[first] : numbers[last] + 1]

    def line_text(self, path: str, line: int) -> str:
        """The source line, stripped."""
        text = self.sources.get(path, "").splitlines()
        return text[line - 1].strip() if 0 < line <= len(text) else ""


def locate(starts: Sequence[int], value: int) -> int:
    """Index of the last start that is not after `value`, -1 if none."""
    return bisect_right(starts, value) - 1
