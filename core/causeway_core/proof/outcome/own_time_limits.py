"""Time limits of the program that expired although the order held nobody while they ran."""

from __future__ import annotations

from causeway_core.model import Actor, Step
from causeway_core.storage.recording import Recording
from causeway_core.storage.rows import ExceptionRow

_STEPS_BACK = 4
"""Steps between the end of a time limit and the exception: up to 3.11, `wait_for` first cancels what it waits for and awaits that."""


def is_timeout(row: ExceptionRow) -> bool:
    """Whether an exception says that a time limit is over."""
    return row.type.rpartition(".")[2].startswith("Timeout")


def count_own_timeouts(recording: Recording, free_ns: int | None) -> int:
    """How many time-outs of tasks come from a timer that the task started after `free_ns` (monotonic), when nobody was held any more.

    An order that holds an actor may make time limits expire, which proves nothing. These cannot have expired because of it.
    """
    if free_ns is None:
        return 0
    raised = [row for row in recording.exceptions() if is_timeout(row)]
    if not raised:
        return 0
    actors = {actor.id: actor for actor in recording.actors()}
    return sum(_began_after(recording, actors, row, free_ns) for row in raised)


def _began_after(recording: Recording, actors: dict[int, Actor], row: ExceptionRow, free_ns: int) -> bool:
    last = recording.step_at(row.at)
    if last is None or actors[last.actor].kind != "task":
        return False
    for number in range(last.number, max(last.number - _STEPS_BACK, -1), -1):
        step = recording.step(last.actor, number)
        began = None if step is None else _timer_began(recording, actors, step)
        if began is not None:
            return began.started_ns > free_ns
    return False


def _timer_began(recording: Recording, actors: dict[int, Actor], step: Step) -> Step | None:
    """The step in which a task scheduled the callback that made one of its later steps run."""
    ended = _cause(recording, step)
    if ended is None or actors[ended.actor].kind != "callback":
        return None
    began = _cause(recording, ended)
    return began if began is not None and began.actor == step.actor else None


def _cause(recording: Recording, step: Step) -> Step | None:
    """The step that made another one run."""
    return None if step.cause_at is None else recording.step_at(step.cause_at)
