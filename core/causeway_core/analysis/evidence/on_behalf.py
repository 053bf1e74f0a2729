"""For which task a pool's thread acts: a task submits a call to the pool and waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from causeway_core.analysis.evidence import Evidence
from causeway_core.model import At
from causeway_core.storage.rows import Span


@dataclass(frozen=True, slots=True)
class Action:
    """Something that was done at an event (`order`: its rank in the total order of its process), by an actor; `who` is that actor, or the work
    item of a pool that it ran just then.
    """

    actor: int
    who: int
    at: At
    order: int

    @classmethod
    def of(cls, evidence: Evidence, actor: int, at: At, order: int) -> Action:
        """What an actor did at an event."""
        return cls(actor, evidence.facts.work_of(actor, at), at, order)

    def asker(self, evidence: Evidence) -> Action | None:
        """The same action, attributed to the task that submitted the work item, at the place of the submission; None if no task submitted it."""
        item = evidence.facts.work_items.all.get(self.who)
        if item is None or not evidence.is_asynchronous(item.submitter):
            return None
        return Action(item.submitter, item.submitter, item.submitted, self.order)

    def request(self, evidence: Evidence) -> Span | None:
        """The request that it was done for."""
        return next((span for each in self.names(evidence) if (span := evidence.request_of(each.actor, each.at)) is not None), None)

    def names(self, evidence: Evidence) -> Iterator[Action]:
        """The action, and the same action attributed to the submitting task."""
        yield self
        asker = self.asker(evidence)
        if asker is not None:
            yield asker


def can_run_between(evidence: Evidence, first: Action, last: Action, other: Action) -> bool:
    """Whether only locks order another actor's action with two of one actor."""
    return all(evidence.unordered(each.at, other.at) for each in (first, last))


def of_requests(evidence: Evidence, first: Action, last: Action, other: Action) -> bool:
    """Whether two actions were done for one request and the third for a different one: two clients would not run them one after the other."""
    one, two, three = (each.request(evidence) for each in (first, last, other))
    return one is not None and one == two and three is not None and three != one


def locks_through(evidence: Evidence, first: Action, last: Action, until: int) -> frozenset[int]:
    """The locks held without a break from one action to a later rank: by the actor of both, and by the task that submitted both."""
    pairs = [(first, last), (first.asker(evidence), last.asker(evidence)), (first.asker(evidence), last), (first, last.asker(evidence))]
    same = {one.actor for one, two in pairs if one is not None and two is not None and one.actor == two.actor}
    return frozenset().union(*(evidence.holds.through(actor, first.order, until) for actor in same))


def locks_at(evidence: Evidence, action: Action) -> frozenset[int]:
    """The locks held during an action, by its actor and by the task that submitted it."""
    return frozenset().union(*(evidence.holds.locks(each.actor, action.order) for each in action.names(evidence)))
