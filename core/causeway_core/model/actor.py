"""Who acts: processes, actors and their steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from causeway_core.model.at import At

ActorKind = Literal["thread", "task", "callback", "process", "generator"]


@dataclass(frozen=True, slots=True)
class Process:
    """A recorded process. `clock_offset_ns` added to a monotonic ts of this process gives the wall clock."""

    id: int
    uid: str
    pid: int
    parent: int | None
    parent_at: At | None
    service: str
    argv: tuple[str, ...]
    started_ns: int
    clock_offset_ns: int
    exit_code: int | None
    ending: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Anything with its own program order. `path` is its spawn path, stable from run to run."""

    id: int
    process: int
    kind: ActorKind
    name: str
    path: str
    function: str | None
    file: str | None
    line: int | None
    object: int | None
    created_at: At | None
    first_at: At | None
    last_at: At | None
    state: str

    @property
    def title(self) -> str:
        """For people: `task transfer-1`, `thread worker-0`; the first thread of a child stands for its process, `process main/process#2`."""
        first = self.name == "MainThread" and self.path.rpartition("/")[2].partition("#")[0] == "process" != self.path
        return f"process {self.path}" if first else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Step:
    """A maximal stretch of one actor between two scheduling points; `first_at` to `last_at` inclusive, in one stream."""

    id: int
    actor: int
    number: int
    first_at: At
    last_at: At
    started_ns: int
    ended_ns: int | None
    cause_at: At | None
    ending: str | None
