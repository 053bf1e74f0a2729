"""Deadlocks that happened: actors that wait for each other, or for something that no running actor can provide."""

from __future__ import annotations

from dataclasses import dataclass

from causeway_core.analysis import weights
from causeway_core.analysis.evidence.holds import Hold
from causeway_core.analysis.evidence.waits import Wait, Waits
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import Finding

_OUTSIDE = ("timer", "I/O", "data of", "a process", "a command", "a message", "timeout", "an awaitable", "a future")
"""Words of waits that something outside the program can still end."""


@dataclass(frozen=True, slots=True)
class _Link:
    """`wait.actor` waits for `target`: for a lock that `target` holds, or for its end."""

    wait: Wait
    target: int
    hold: Hold | None


def deadlocks(scene: Scene, waits: Waits) -> list[Finding]:
    """Wait-for cycles (a lock acquired twice is a cycle of one); otherwise quiescence: every actor waits and nothing can wake one.

    No cycle that one actor leaves by giving up without an exception, so that another gets its lock: it backs off by design.
    """
    links = _links(waits)
    found, seen = [], set[int]()
    for actor in sorted(links):
        cycle = _cycle(links, actor)
        if cycle and _simultaneous(waits, cycle) and not _backs_off(waits, cycle) and not seen & {link.wait.actor for link in cycle}:
            seen |= {link.wait.actor for link in cycle}
            found.append(_finding(scene, cycle))
    if not found and waits.interrupted:
        found.extend(_quiescence(scene, waits, links))
    return found


def _links(waits: Waits) -> dict[int, _Link]:
    """What each actor waited for last. A wait that was granted counts too if the holder of the lock gave up first: an interrupt or a time
    limit ends a deadlock this way, and the lock that one actor drops goes to the other.
    """
    links = {wait.actor: link for wait in sorted(waits.all, key=lambda each: each.since or 0) if (link := _link(waits, wait)) is not None}
    pending = list(links.values())
    while pending:
        waiting = pending.pop()
        if waiting.target in links or (wait := waits.granted(waiting.target, waiting.wait)) is None:
            continue
        link = _link(waits, wait)
        if link is not None:
            links[waiting.target] = link
            pending.append(link)
    return links


def _link(waits: Waits, wait: Wait) -> _Link | None:
    hold = waits.holder(wait)
    if hold is not None:
        return _Link(wait, hold.actor, hold)
    joined = waits.joined(wait)
    return _Link(wait, joined, None) if joined is not None else None


def _cycle(links: dict[int, _Link], start: int) -> list[_Link]:
    """The cycle reached by following the links from an actor, if that actor is on it."""
    path: list[_Link] = []
    actor = start
    while actor in links and len(path) <= len(links):
        path.append(links[actor])
        actor = links[actor].target
        if actor == start:
            return path
    return []


def _simultaneous(waits: Waits, cycle: list[_Link]) -> bool:
    """Whether there was a moment at which all of them waited and held: some waits and holds ended later."""
    begun = max((link.wait.since for link in cycle if link.wait.since is not None), default=None)
    ends = [link.wait.until for link in cycle] + [waits.released(link.hold) for link in cycle if link.hold is not None]
    return begun is None or all(end is None or begun < end for end in ends)


def _backs_off(waits: Waits, cycle: list[_Link]) -> bool:
    """Whether some actor got its lock because others gave up, and none of these raised an exception on that occasion."""
    given_up = [link.wait for link in cycle if not waits.was_granted(link.wait)]
    ended = all(wait.until is not None for wait in given_up)
    return ended and len(given_up) < len(cycle) and not any(map(waits.refused, given_up))


_NAMED = 2
"""Waiting actors that the title of a hang names."""


def _finding(scene: Scene, cycle: list[_Link]) -> Finding:
    alone = len(cycle) == 1
    first = cycle[0]
    if alone:
        assert first.hold is not None
        held, asked = scene.place(first.hold.at), scene.waiting_place(first.wait) or scene.place(first.wait.at)
        since = f" since `{held.function}`" if held.function != asked.function else ""
        title = (
            f"`{asked.function}` waits for {scene.object(first.wait.object)}, which the same {scene.kind(first.wait.actor)} already holds{since}: "
            f"a self-deadlock{'' if first.wait.until is None else ' until the wait was given up'}"
        )
        advice = f"do not acquire {scene.object(first.wait.object)} twice: call a variant of `{asked.function}` that expects the lock to be held" + (
            "" if scene.is_asynchronous(first.wait.actor) else ", or use a threading.RLock"
        )
    else:
        title = f"{scene.actor(first.wait.actor)} {', which '.join(_clause(scene, link) for link in cycle)}: none of them can proceed"
        locks = [scene.object(link.wait.object) for link in cycle if link.hold is not None]
        advice = (
            f"acquire {' and '.join(sorted(locks))} in the same order everywhere"
            if len(locks) == len(cycle)
            else f"release {locks[0] if locks else 'the lock'} before waiting for the other {scene.kind(cycle[0].target)} to end"
        )
    events = []
    for link in cycle:
        if link.hold is not None:
            events.append(Moment(link.hold.actor, link.hold.at, "acquire", f"acquired {scene.object(link.wait.object)}"))
    for link in cycle:
        what = scene.object(link.wait.object) if link.hold is not None else f"the end of {scene.actor(link.target)}"
        events.append(Moment(link.wait.actor, int(link.wait.at), "wait", f"waits for {what}", scene.waiting_place(link.wait)))
    return scene.finding(
        kind="deadlock",
        weight=weights.HUNG,
        title=title,
        resource=scene.object(next(link.wait.object for link in cycle if link.hold is not None or link is cycle[-1])),
        events=events,
        recommendation=advice,
        explanation=(
            f"It happened in this run: {_unanswered(cycle)}, and only an actor that waits itself can end each of them."
        ),
        happened=True,
    )


def _unanswered(cycle: list[_Link]) -> str:
    if any(link.wait.until is not None for link in cycle):
        return "the wait was given up, not granted" if len(cycle) == 1 else "none of these waits ended before one of the actors had given up"
    return "when the recording ended, these waits had not ended"


def _clause(scene: Scene, link: _Link) -> str:
    if link.hold is None:
        return f"waits for the end of {scene.actor(link.target)}"
    return f"waits for {scene.object(link.wait.object)}, held by {scene.actor(link.target)}"


def _quiescence(scene: Scene, waits: Waits, links: dict[int, _Link]) -> list[Finding]:
    """Every actor waits for something that only another waiting actor can provide."""
    del links
    inside = [wait for wait in waits.all if scene.is_asynchronous(wait.actor) and not any(word in wait.words for word in _OUTSIDE)]
    others = [wait for wait in waits.all if wait not in inside]
    loops = {scene.process(wait.actor) for wait in inside}
    stuck_threads = [wait for wait in others if not scene.is_asynchronous(wait.actor)]
    if not inside:
        blocked = [wait for wait in stuck_threads if not any(word in wait.words for word in _OUTSIDE) and wait.words]
        if len(blocked) != len(waits.all) or len(blocked) < 2 or scene.has_running(waits):
            return []
        return [_quiescence_finding(scene, waits, blocked)]
    if any(scene.is_asynchronous(wait.actor) for wait in others) or len(loops) != 1:
        return []
    if not any(wait.words or wait.object or waits.joined(wait) is not None for wait in inside):
        return []  # it is not known what any of them waits for: servers that were asked to end look like this
    return [_quiescence_finding(scene, waits, inside)]


def _quiescence_finding(scene: Scene, waits: Waits, waiting: list[Wait]) -> Finding:
    described = [(wait, _waited_for(scene, waits, wait)) for wait in waiting]
    who = "; ".join(f"{scene.actor(wait.actor)} waits for {words}" for wait, words in described[:_NAMED])
    more = f"; {len(waiting) - _NAMED} more wait" if len(waiting) > _NAMED else ""
    events = [Moment(wait.actor, int(wait.at), "wait", f"waits for {words}", scene.waiting_place(wait)) for wait, words in described[:5]]
    return scene.finding(
        kind="deadlock",
        weight=weights.STOOD_STILL,
        title=f"the program hangs: {who}{more}",
        resource=_resource(scene, waits, waiting),
        events=events,
        recommendation=(
            f"find the actor that should have woken {scene.actor(waiting[0].actor)}: make it put the item, set the event, release the lock "
            "or end, also when an error occurs"
        ),
        explanation=(
            "When the program was interrupted, no task was ready and no timer or I/O was pending for any of them. Each waited "
            "for something that only the others could provide."
        ),
    )


def _waited_for(scene: Scene, waits: Waits, wait: Wait) -> str:
    target = waits.joined(wait)
    if target is not None:
        return f"{scene.actor(target)} to end"
    if wait.object:
        name = scene.object(wait.object)
        return f"{wait.words} ({name})" if wait.words else name
    return wait.words or "something"


def _resource(scene: Scene, waits: Waits, waiting: list[Wait]) -> str:
    """What the first actor that waits for an object, rather than for an actor, waits for."""
    things = [wait.object for wait in waiting if wait.object and waits.joined(wait) is None]
    return scene.object(things[0]) if things else scene.actor(waiting[0].actor)
