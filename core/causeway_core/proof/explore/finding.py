"""Makes a finding of an order that went wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from causeway_core.analysis import Analysis
from causeway_core.analysis.filters.feasible import only_yields
from causeway_core.analysis.weights import TIER_RANK
from causeway_core.model import Actor, At, Finding, FindingAccess, Tier, TimelineEvent
from causeway_core.model.finding import Kind
from causeway_core.model.order import Order, OrderPlace
from causeway_core.model.proof import Proof
from causeway_core.proof.outcome.conflicts import Conflict
from causeway_core.proof.outcome.outcome import FAILURES
from causeway_core.proof.verify import EXPLORED
from causeway_core.storage.recording import Recording


@dataclass(frozen=True, slots=True)
class Failure:
    """An order that went wrong.

    `passed`: the keys of its places as they were passed. `aspects` went wrong; `outcome` says so in words; `failures` of `runs` did. `lost`: places
    of which all failing runs lost an update. `misused`: the program caught an error saying that two actors used at once what supports only one.
    `left`: the residue in words. `refused`: the only failure is that a request is refused while another actor has what it asks for. `conflicts`:
    what no serial order of the actors explains. `raised`: exceptions that no other run raises, with the function that they leave.
    """

    order: Order
    passed: tuple[str, ...]
    aspects: tuple[str, ...]
    outcome: str
    runs: int
    failures: int
    lost: tuple[str, ...] = ()
    misused: bool = False
    left: tuple[str, ...] = ()
    refused: bool = False
    conflicts: tuple[Conflict, ...] = ()
    raised: tuple[str, ...] = ()

    @property
    def is_harmless(self) -> bool:
        """Whether the outcome only differs: nothing fails, hangs, is lost, misused or left behind, and no accesses conflict."""
        return not (set(self.aspects) & {*FAILURES, "hang"} or self.lost or self.misused or self.left or self.conflicts)


def finding_of(recording: Recording, analysis: Analysis, it: Failure, *, harmless: Tier = "confirmed") -> Finding:
    """The finding, unnumbered. `harmless`: the tier if all runs went wrong without any harm."""
    actors = {actor.path: actor for actor in recording.actors()}
    places = dict(it.order.places)
    sequence = [places[key] for key in it.passed if key in places]
    sequence += [place for place in places.values() if place not in sequence]
    rows = {place: _event(analysis, actors.get(place.actor), place) for place in sequence}
    lanes = tuple(dict.fromkeys(_title(actors, place.actor) for place in sequence))
    accesses = tuple(_access(place, actors, rows[place], analysis.evidence.facts.shown) for place in sequence)
    timeline = tuple(
        TimelineEvent(lanes.index(access.actor), access.at, described(place), access.file, access.line, 0)
        for place, access in zip(sequence, accesses, strict=True)
        if access.at is not None
    )
    says = "; ".join(_describe_order(each.after, each.hold, places, actors) for each in it.order.constraints)
    resource = _resource(analysis, sequence)
    hang = "hang" in it.aspects
    involved = [actors[place.actor] for place in sequence if place.actor in actors]
    latent = only_yields(analysis.evidence, [actor.id for actor in involved])
    confirmed = it.failures == it.runs
    tier = _tier(it, harmless, latent=latent)
    reason = f"found by exploration, reduced to the constraints that matter: {says}"
    return Finding(
        id="X1",
        kind=_kind(it, hang),
        tier=tier,
        rank=TIER_RANK[tier],
        confidence=0.2 if tier == "hint" else 1.0 if confirmed else it.failures / it.runs,
        title=f"{_ends(it, hang)} when {says}",
        resource=resource,
        accesses=accesses,
        lanes=lanes,
        timeline=timeline,
        window=None,
        unordered="nothing in the program keeps them from coming in this order: it was forced in re-runs",
        explanation=f"Found by exploring orders, not by a pattern; {len(it.order.constraints)} constraint"
        f"{'s are' if len(it.order.constraints) != 1 else ' is'} what is left of the run that went wrong."
        + (f" In this order {it.conflicts[0]}." if it.conflicts else "")
        + (" The program refuses one what another has and gives back, which may be by design." if it.refused else "")
        + (" No await on the way there waits for anything, so a stock event loop always runs it in another order." if latent else ""),
        recommendation="Keep the two sides apart (one lock over both places of the same actor, or an order that does not depend on who is faster), "
        "and keep the exported test.",
        witness=tuple(dict.fromkeys(at for at in rows.values() if at is not None)),
        reproduced=(it.runs, it.failures),
        constraints=tuple((_name(places[each.after], actors), _name(places[each.hold], actors)) for each in it.order.constraints),
        rule=EXPLORED,
        orders=(Order("bad", says, it.order.places, it.order.constraints, _watched(it.order)),),
        proof=Proof("confirmed" if confirmed else "untried", reason, 0, it.outcome),
    )


_FAILURE_TITLES = (
    ("tests", "a test fails"),
    ("exceptions", "it does not raise what every serial order raises"),
    ("exit code", "it ends with another exit code"),
)
"""How the title begins for each aspect that failed; the first that applies says most."""


def _tier(it: Failure, harmless: Tier, *, latent: bool) -> Tier:
    if it.refused:
        return "hint"
    if it.failures < it.runs:
        return "likely"
    if latent:
        return "latent"
    return harmless if it.is_harmless else "confirmed"


def _kind(it: Failure, hang: bool) -> Kind:
    if hang:
        return "deadlock"
    if it.lost and not set(it.aspects) & set(FAILURES):
        return "lost_update"
    places = dict(it.order.places)
    inside = any(
        one.since is not None and one.since != one.hold and places[one.after].actor != places[one.hold].actor for one in it.order.constraints
    )
    return "atomicity_violation" if inside or len(it.order.constraints) > 1 else "order_violation"


def _ends(it: Failure, hang: bool) -> str:
    if hang:
        return "the program hangs"
    if it.lost and not set(it.aspects) & set(FAILURES):
        return f"an update of {it.lost[0]} is lost"
    if it.misused and not set(it.aspects) & set(FAILURES):
        return "two actors use at once what supports only one"
    if it.left and not set(it.aspects) & set(FAILURES):
        return it.left[0]
    if it.conflicts and not set(it.aspects) & set(FAILURES):
        first = it.conflicts[0]
        if first.decided:
            return f"a test of {first.stale} after another actor changed it leads to an outcome that no serial order gives"
        cause = f"a half-done change of {first.stale} and {first.later}" if first.torn else f"a stale read of {first.stale}"
        return f"{cause} leads to an outcome that no serial order gives"
    if it.raised and "tests" not in it.aspects:
        return f"it raises {it.raised[0]}"
    return next((says for aspect, says in _FAILURE_TITLES if aspect in it.aspects), "its outcome is one that no serial order gives")


def _watched(order: Order) -> tuple[str, ...]:
    """The place to watch: the last write of the order."""
    writes = [key for key, place in order.places if place.access in ("write", "delete", "mutate")]
    return tuple(writes[-1:])


def _event(analysis: Analysis, actor: Actor | None, place: OrderPlace) -> At | None:
    """The event of the recording for a place: the actor's first access there, or else where the actor began."""
    if actor is None:
        return None
    evidence, table = analysis.evidence, analysis.evidence.table
    for number in (table.actor == actor.id).nonzero()[0].tolist():
        site = evidence.facts.sites.get(abs(int(table.site[number])))
        if site is not None and site.name == place.name and site.line == place.line and evidence.facts.path_of(site.id) == place.file:
            return evidence.at(number)
    return actor.first_at


def _access(place: OrderPlace, actors: dict[str, Actor], at: At | None, relative: Callable[[str], str]) -> FindingAccess:
    actor = actors.get(place.actor)
    function = place.qualname or (actor.function if actor is not None and actor.function else place.actor.rpartition("/")[2])
    file, line = place.file, place.line
    if not file and actor is not None and actor.file:
        file, line = relative(actor.file), actor.line or 0
    return FindingAccess(place.access, file, line, function, _title(actors, place.actor), at, None)


def _resource(analysis: Analysis, sequence: list[OrderPlace]) -> str:
    """The resource of the finding: the shared place that most accesses of the order touch."""
    evidence, table = analysis.evidence, analysis.evidence.table
    wanted = {(place.file, place.line, place.name) for place in sequence if place.name}
    found: Counter[str] = Counter()
    for row in range(len(table)):
        site = evidence.facts.sites.get(abs(int(table.site[row])))
        if site is not None and (evidence.facts.path_of(site.id), site.line, site.name) in wanted:
            found[evidence.facts.locations[int(table.location[row])].name] += 1
    if found:
        return found.most_common(1)[0][0]
    text = next((place.text for place in sequence if place.text), "")
    return text.removeprefix("with ").removeprefix("async ").rstrip(":") or "the order of its actors"


def _title(actors: dict[str, Actor], path: str) -> str:
    return actors[path].title if path in actors else path


def described(place: OrderPlace) -> str:
    """What an actor does at the place, as a predicate: "reads queue"."""
    if place.access in ("start", "end"):
        return f"{place.access}s"
    if place.access == "mutate" and place.name and (called := re.search(rf"[\w.]*\.{re.escape(place.name)}(?=\()", place.text)):
        return f"calls `{called[0]}`"
    verb = {"acquire": "reaches", "resume": "resumes at", "sql": "queries the database at", "call": "calls"}.get(place.access, f"{place.access}s")
    return f"{verb} {place.name or f'`{place.text}`'}".replace("mutates", "changes").replace("tests", "checks")


def _name(place: OrderPlace, actors: dict[str, Actor]) -> str:
    who = _title(actors, place.actor)
    return f"{who}: {place.access}" if not place.file else f"{who}: {place.access} at {place.file}:{place.line}"


def _describe_order(after: str, hold: str, places: dict[str, OrderPlace], actors: dict[str, Actor]) -> str:
    a, b = places[after], places[hold]
    where = f" ({a.file}:{a.line})" if a.file else ""
    there = f" ({b.file}:{b.line})" if b.file else ""
    return f"{_title(actors, a.actor)} {described(a)}{where} before {_title(actors, b.actor)} {described(b)}{there}"
