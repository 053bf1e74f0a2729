"""Delays that cannot happen."""

from __future__ import annotations

from collections.abc import Sequence

from causeway_core.analysis.candidate import Candidate, Pattern, Verdict
from causeway_core.analysis.evidence import Evidence
from causeway_core.model import Step

_CALL_SOON = 1


def feasible(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Lowers a candidate to latent when the standard event loop always runs it in the recorded order.

    That is so if both actors were started in one step and neither waited for anything but its turn (`sleep(0)`, a future that was already done) until
    the window's end: the loop is first in, first out. One real await added there later makes the bug happen.
    """
    actors = {int(evidence.table.actor[row]) for row in (candidate.first, *candidate.others)}
    if len(actors) != 2 or candidate.struck:
        return None
    creators = set()
    for actor in actors:
        row = evidence.facts.actors.get(actor)
        if row is None or row.kind not in ("task", "callback") or row.created_at is None:
            return None
        creators.add(evidence.step_at(row.created_at))
    if len(creators) != 1 or None in creators:
        return None
    ends = ((candidate.last, candidate.first), *((other, other) for other in candidate.others))
    if all(_only_hops(evidence, int(evidence.table.actor[end]), int(evidence.table.step[end])) for end, _ in ends):
        if candidate.pattern is Pattern.ORDER:
            return Verdict("hint", "no await on that path waits for anything: the event loop itself keeps this order")
        return Verdict("latent", "no await on that path waits for anything, so the standard event loop always runs it in this order")
    return None


def only_yields(evidence: Evidence, actors: Sequence[int]) -> bool:
    """Whether one step started all of these tasks and none of them waited for anything but its turn: then the standard event loop has only one order.
    """
    known = [evidence.facts.actors[actor] for actor in dict.fromkeys(actors)]
    if len(known) < 2 or any(actor.kind != "task" or actor.created_at is None for actor in known):
        return False
    if len({evidence.step_at(actor.created_at) for actor in known if actor.created_at is not None}) != 1:
        return False
    return all(_is_hop(evidence, actor.id, step) for actor in known for step in evidence.facts.steps.get(actor.id, ()) if step.number > 0)


def _only_hops(evidence: Evidence, actor: int, last_step: int) -> bool:
    for step in evidence.facts.steps.get(actor, ()):
        if step.number > 0 and not _is_hop(evidence, actor, step):
            return False
        if step.id == last_step:
            return True
    return False


def _is_hop(evidence: Evidence, actor: int, step: Step) -> bool:
    """Whether the step was made runnable by its own actor's step before: nothing was waited for."""
    if step.cause_at is None or evidence.facts.step_cause(step.id) != _CALL_SOON:
        return False
    return evidence.actor_at(step.cause_at) == actor
