"""Locks that are held while the process is forked: in the child nobody is there to release them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.holds import Hold
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Finding, Process

HELD = "held"
"""Role of the acquisition by a thread of the parent."""
FORKS = "forks"
"""Role of the start of the child."""

_PLAIN = ("_thread.lock", "threading.Lock", "_thread.RLock", "threading.RLock")
_LOCAL = 0xFFFFFFFF
SAMPLE = 200


class _Race(NamedTuple):
    hold: Hold
    forker: int
    forked_at: At
    wanted: Hold


def forked_locks(scene: Scene, evidence: Evidence) -> list[Finding]:
    """Thread locks that a forked child acquires and that another thread of its parent could hold when it is forked; one finding for each lock.

    A forked child has a copy of each lock as it is, and only the thread that forked. A hint, for a re-run that hangs to confirm.
    """
    if any(evidence.texts.mentions(name) for name in ("register_at_fork", "_at_fork_reinit")):
        return []
    found: dict[str, Finding] = {}
    for race in _races(evidence):
        if scene.place(At(race.hold.at)).line and scene.place(race.forked_at).line and scene.place(At(race.wanted.at)).line:
            found.setdefault(scene.object(race.hold.object), _finding(scene, race))
    return list(found.values())


def _races(evidence: Evidence) -> Iterator[_Race]:
    forked = [(child, parent) for child, parent in _forks(evidence) if child.parent_at is not None]
    if not forked:
        return
    by_lock: defaultdict[int, list[Hold]] = defaultdict(list)
    for hold in evidence.holds.holds:
        thing = evidence.facts.objects.get(hold.object)
        if thing is not None and thing.type in _PLAIN and len(by_lock[hold.object]) < SAMPLE:
            by_lock[hold.object].append(hold)
    for child, parent in forked:
        at = At(child.parent_at or 0)
        forker = evidence.actor_at(at)
        for object, wanted in by_lock.items():
            # A child numbers what it inherits as its parent does.
            holds = by_lock.get(parent.id << 32 | object & _LOCAL, ()) if object >> 32 == child.id else ()
            held = next((hold for hold in holds if forker is not None and _may_be_held(evidence, hold, forker, at)), None)
            if held is not None and forker is not None:
                yield _Race(held, forker, at, wanted[0])


def _forks(evidence: Evidence) -> Iterator[tuple[Process, Process]]:
    """Children that share the memory of their parent, as those that run the parent's command do, with the parent."""
    processes: dict[int, Process] = {process.id: process for process in evidence.facts.processes}
    for child in processes.values():
        parent = processes.get(child.parent or 0)
        if parent is not None and child.argv == parent.argv:
            yield child, parent


def _may_be_held(evidence: Evidence, hold: Hold, forker: int, forked_at: At) -> bool:
    """Whether another thread than the one that forks has the lock before or after the fork by chance only."""
    if hold.actor == forker or hold.until_at is None:
        return False
    ends_before = evidence.order.happens_before(At(hold.until_at), forked_at, must=True)
    return not ends_before and not evidence.order.happens_before(forked_at, At(hold.at), must=True) and not _common(evidence, hold, forker, forked_at)


def _common(evidence: Evidence, hold: Hold, forker: int, forked_at: At) -> bool:
    """Whether the thread that forks holds that lock, or another one that the holder has, so that they cannot meet."""
    mine: Sequence[Hold] = [each for each in evidence.holds.holds if each.actor == forker and each.at < forked_at < (each.until_at or forked_at + 1)]
    theirs = evidence.holds.locks(hold.actor, hold.order)
    return any(each.object in theirs or each.object == hold.object for each in mine)


def _finding(scene: Scene, race: _Race) -> Finding:
    holds, wants = scene.place(At(race.hold.at)), scene.place(At(race.wanted.at))
    one, two = scene.sides((race.hold.actor, holds.function), (race.wanted.actor, wants.function))
    name = scene.object(race.hold.object)
    return scene.finding(
        kind="deadlock",
        weight=weights.FORKED_LOCK,
        title=f"{one} could hold {name} when the process is forked; {two} acquires its copy in the child: an endless wait",
        resource=name,
        events=[
            Moment(race.hold.actor, At(race.hold.at), HELD, f"acquired {name}"),
            Moment(race.forker, race.forked_at, FORKS, "starts a process"),
            Moment(race.wanted.actor, At(race.wanted.at), "wait", f"acquired its copy of {name}"),
        ],
        recommendation=f"start processes before threads, or by `spawn`; or acquire {name} around the start; or renew it with os.register_at_fork",
        explanation="A forked child has a copy of every lock, and no copy of the thread that holds it. It did not happen in this run.",
        worth_forcing=True,
    )
