"""Whether a run that got stuck did so where a finding says that it can."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from causeway_core.model import Finding, FindingAccess
from causeway_core.proof.running.rerun import Rerun

_REENTERED = ("finalizer", "signal handler", "callback", "joins")
"""Roles of the one access at which an actor waits for what only itself can give."""


def is_stuck(finding: Finding, run: Rerun) -> bool:
    """Whether the run hung, or had a deadlock over the finding's resource that a time limit ended, and actors waited where the finding says.

    A run that does not say where anybody waits counts: its order was forced, and the recorded run shows that the program can end.
    """
    ended_by_limit = set(finding.resource.split(" and ")) & set(run.outcome.deadlocks)
    return bool(run.outcome.aspects.get("hang") or ended_by_limit) and _waits_as_described(finding, run)


def _waits_as_described(finding: Finding, run: Rerun) -> bool:
    stacks = [*filter(None, run.result.stacks), *((place,) for place in run.outcome.blocked)]
    asked = frozenset(_place(access) for access in finding.accesses if access.role == "ask" and access.line)
    if stacks and asked and not any(stack[0] in asked for stack in stacks):
        return False
    return not stacks or all(sum(not places.isdisjoint(stack) for stack in stacks) >= actors for places, actors in _described_waits(finding).items())


def _described_waits(finding: Finding) -> Counter[frozenset[str]]:
    """Sets of places (`file.py:12`): at one place of each set an actor has to wait; how many actors, where sets are equal."""
    return Counter(frozenset(_place(access) for access in accesses) for accesses in _waits(finding))


def _waits(finding: Finding) -> Iterator[list[FindingAccess]]:
    """The accesses of each set."""
    known = [access for access in finding.accesses if access.line]
    roles = {access.role for access in known}
    if roles & {"wait", "ask"}:
        # A wait that was answered in the recorded run stands for all waits under the lock: the run may hang in another one.
        answered = "ask" in roles and any(access.role == "answer" for access in finding.accesses)
        for role in ("ask",) if answered else sorted(roles & {"wait", "ask"}):
            yield [access for access in known if access.role == role]
    elif roles & set(_REENTERED):
        yield [access for access in known if access.role in _REENTERED]
    elif {access.role for access in finding.accesses} == {"acquire"}:
        # A cycle: each actor holds its first lock and waits for its last one.
        yield from ([access] for access in _last(finding.accesses) if access.line)
    elif known:
        yield known


def _last(accesses: Iterable[FindingAccess]) -> Iterable[FindingAccess]:
    """The last access of each actor."""
    return {access.actor: access for access in sorted(accesses, key=lambda access: access.at or 0)}.values()


def _place(access: FindingAccess) -> str:
    return f"{access.file.rpartition('/')[2]}:{access.line}"
