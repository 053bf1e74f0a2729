"""From evidence to judged candidates: detect, filter, rank, fold together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from causeway_core.analysis.candidate import EXPIRES, Candidate, Pattern
from causeway_core.analysis.detectors.atomicity.changed_during_iteration import fails_when_changed, iterations
from causeway_core.analysis.detectors.atomicity.check_then_use import check_uses
from causeway_core.analysis.detectors.atomicity.entry_cleanup import entry_cleanups
from causeway_core.analysis.detectors.atomicity.lost_update import lost_updates, resets
from causeway_core.analysis.detectors.atomicity.multi_variable import multi_variable_violations
from causeway_core.analysis.detectors.atomicity.read_back import read_backs
from causeway_core.analysis.detectors.atomicity.replaced_resource import replacements
from causeway_core.analysis.detectors.atomicity.requests import request_windows
from causeway_core.analysis.detectors.atomicity.shared_flag import shared_flags
from causeway_core.analysis.detectors.atomicity.stale_container import stale_changes
from causeway_core.analysis.detectors.atomicity.torn_read import torn_reads
from causeway_core.analysis.detectors.locks.guarded_reentry import guarded_reentries
from causeway_core.analysis.detectors.ordering.data_race import data_races
from causeway_core.analysis.detectors.ordering.early_publication import early_publications
from causeway_core.analysis.detectors.ordering.late_entry import late_entries
from causeway_core.analysis.detectors.ordering.late_initialization import late_initializations
from causeway_core.analysis.detectors.ordering.order_violation import order_violations
from causeway_core.analysis.detectors.ordering.partial_rebuild import partial_rebuilds
from causeway_core.analysis.detectors.ordering.use_after_close import closed_early, uses_after_close
from causeway_core.analysis.detectors.ordering.write_after_completion import writes_after_completion
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.filters import FILTERS
from causeway_core.analysis.partners import Partners
from causeway_core.analysis.rank import ranked
from causeway_core.analysis.windows import Windows

Progress = Callable[[str, float], None]

_KEY = re.compile(r"\[.*\]")
MOST_ALTERNATES = 3
"""Candidates that are kept beside the best, should that one turn out to be out of reach."""
CROWD = 3
"""So many windows into which one function writes are one finding: what is to be changed is that function, or all of them."""


def candidates(evidence: Evidence, progress: Progress | None = None) -> Iterator[Candidate]:
    """The candidates that the detectors propose."""
    windows, partners = Windows(evidence), Partners(evidence)
    stages: list[tuple[str, Callable[[], Iterator[Candidate]]]] = [
        ("read-write windows", lambda: lost_updates(evidence, windows, partners)),
        ("checks and uses", lambda: check_uses(evidence, windows, partners)),
        ("requests", lambda: request_windows(evidence, windows)),
        ("values read back", lambda: read_backs(evidence, windows, partners)),
        ("shared flags", lambda: shared_flags(evidence, partners)),
        ("guarded reentries", lambda: guarded_reentries(evidence, partners)),
        ("removed entries", lambda: entry_cleanups(evidence, partners)),
        ("stale containers", lambda: stale_changes(evidence, partners)),
        ("replaced resources", lambda: replacements(evidence, windows, partners)),
        ("iterations", lambda: iterations(evidence, partners)),
        ("orders", lambda: order_violations(evidence, partners)),
        ("uses after close", lambda: uses_after_close(evidence, partners)),
        ("early closes", lambda: closed_early(evidence, partners)),
        ("pairs of locations", lambda: multi_variable_violations(evidence, partners)),
        ("rebuilt tables", lambda: partial_rebuilds(evidence)),
        ("early publications", lambda: early_publications(evidence, partners)),
        ("late entries", lambda: late_entries(evidence, partners)),
        ("late initializations", lambda: late_initializations(evidence, partners)),
        ("writes after completion", lambda: writes_after_completion(evidence)),
        ("torn reads", lambda: torn_reads(evidence, partners)),
        ("data races", lambda: data_races(evidence, partners)),
    ]
    for number, (name, stage) in enumerate(stages):
        if progress is not None:
            progress(name, number / len(stages))
        yield from stage()


def judged(evidence: Evidence, progress: Progress | None = None, *, looser: Evidence | None = None) -> list[Candidate]:
    """The candidates that no filter drops, each with its tier and rank, one per location, most pressing first.

    What only `looser`, in which waits with a time limit may have expired, has as candidates are hints whose orders are forced.
    """
    kept = [ranked(candidate, evidence) for each in candidates(evidence, progress) if (candidate := _filtered(each, evidence)) is not None]
    if looser is not None:
        kept += _if_waits_expire(evidence, looser)
    kept = _without_explained(kept, evidence)
    return _without_crowds(_folded(sorted(kept, key=lambda each: (each.rank, int(evidence.table.at[each.first]))), evidence), evidence)


def _if_waits_expire(evidence: Evidence, looser: Evidence) -> list[Candidate]:
    """The candidates of actors that are ordered by nothing but waits with a time limit."""

    def ordered(each: Candidate) -> bool:
        return any(not evidence.concurrent(row, other) for row in (each.first, each.last) for other in each.others)

    found = (each.lowered("hint", EXPIRES, worth_forcing=True) for each in candidates(looser) if ordered(each))
    return [ranked(candidate, looser) for each in found if (candidate := _filtered(each, looser)) is not None]


def _without_explained(kept: list[Candidate], evidence: Evidence) -> list[Candidate]:
    """The candidates without windows from an iteration to a change where the iteration itself would raise: then the window is never completed."""
    sites = evidence.table.site
    fails = {
        (int(sites[each.first]), int(sites[each.others[0]]))
        for each in kept
        if each.pattern is Pattern.ITERATION and each.tier == "likely" and fails_when_changed(evidence, each.first)
    }

    def explained(each: Candidate) -> bool:
        return each.pattern is Pattern.READ_WRITE_WRITE and not each.struck and (int(sites[each.first]), int(sites[each.others[0]])) in fails

    return [each for each in kept if not explained(each)]


def _filtered(candidate: Candidate, evidence: Evidence) -> Candidate | None:
    for judge in FILTERS:
        verdict = judge(candidate, evidence)
        if verdict is None:
            continue
        if verdict.tier is None:
            return None
        candidate = candidate.lowered(verdict.tier, verdict.reason, worth_forcing=verdict.worth_forcing)
    return candidate


def location_class(evidence: Evidence, row: int) -> str:
    """A location without its key: `cache['a']` belongs to `cache[…]`."""
    location = evidence.facts.locations[int(evidence.table.location[row])]
    return f"{location.kind} {_KEY.sub('[…]', location.name)}"


def _folded(ordered: list[Candidate], evidence: Evidence) -> list[Candidate]:
    """The best candidate for each location and pair of functions, with others of its sites as alternates.

    A weaker pattern on the same accesses says nothing new and is left out.
    """
    table = evidence.table
    kept: list[Candidate] = []
    places: set[tuple[object, ...]] = set()
    windows: set[tuple[object, ...]] = set()
    lines: defaultdict[int, int] = defaultdict(int)
    alike: defaultdict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for candidate in ordered:
        alike[_sites(candidate, evidence)].append(candidate)
        functions = frozenset(evidence.function_of(int(table.site[row])) for row in (candidate.first, candidate.last, *candidate.others))
        place = location_class(evidence, candidate.first), functions, _resets(candidate, evidence)
        sites = {int(table.site[row]) for row in (candidate.first, candidate.last)}
        weaker = candidate.pattern in (Pattern.MULTI_VARIABLE, Pattern.TORN_READ, Pattern.DATA_RACE, Pattern.ORDER, Pattern.READ_WRITE_READ)
        window = place[0], int(table.site[candidate.first]), int(table.site[candidate.last]), _undoes(candidate, evidence)
        separate = candidate.pattern is Pattern.GUARDED_REENTRY  # what becomes of it is another matter than what is lost or seen twice
        if (place in places and not separate) or window in windows or (weaker and any(lines[site] for site in sites)):
            continue
        places.add(place)
        windows.add(window)
        for site in sites:
            lines[site] += 1
        kept.append(candidate)
    return [_with_alternates(each, ordered, alike, evidence) for each in kept]


def _with_alternates(
    kept: Candidate, ordered: list[Candidate], alike: Mapping[tuple[object, ...], list[Candidate]], evidence: Evidence
) -> Candidate:
    """The candidate, or the shortest window inside it, with those to try when that one turns out to be out of reach."""
    best = _shortest_within(kept, ordered, evidence)
    alternates = _alternates(best, alike[_sites(best, evidence)], evidence)
    return replace(best, alternates=alternates if best is kept else (kept, *alternates)[:MOST_ALTERNATES])


def _shortest_within(candidate: Candidate, ordered: list[Candidate], evidence: Evidence) -> Candidate:
    """Of the windows that open at the same line and are as good, the one that ends first.

    A later write of the same actor to the location (a counter that is incremented and, at the end, decremented) hides what the read decides about.
    """
    if candidate.pattern is not Pattern.READ_WRITE_WRITE:
        return candidate
    table = evidence.table
    between = slice(candidate.first + 1, candidate.last)
    own = table.writes[between] & (table.actor[between] == table.actor[candidate.first])
    passed = set(table.site[between][own].tolist())
    function = evidence.function_of(int(table.site[candidate.others[0]]))

    def is_inside(each: Candidate) -> bool:
        alike = replace(each, first=candidate.first, last=candidate.last, others=candidate.others, rank=candidate.rank) == candidate
        opens = table.site[each.first] == table.site[candidate.first] and table.location[each.first] == table.location[candidate.first]
        return alike and opens and int(table.site[each.last]) in passed and evidence.function_of(int(table.site[each.others[0]])) == function

    return min(filter(is_inside, ordered), key=lambda each: each.last - each.first, default=candidate)


def _without_crowds(kept: list[Candidate], evidence: Evidence) -> list[Candidate]:
    """The candidates, but only the best of each crowd: it stands for the others, and some of them are its alternates."""
    crowds: defaultdict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for candidate in kept:
        crowds[_crowd(candidate, evidence)].append(candidate)
    reported = []
    for candidate in kept:
        best, *others = crowds[_crowd(candidate, evidence)]
        if len(others) + 1 < CROWD:
            reported.append(candidate)
        elif candidate is best:
            reported.append(replace(best, stands_for=tuple(others), alternates=(*best.alternates, *others)[:MOST_ALTERNATES]))
    return reported


def _crowd(candidate: Candidate, evidence: Evidence) -> tuple[object, ...]:
    """The kind and tier, what is accessed (whatever the class of the object is), and the function of the second actor."""
    location = location_class(evidence, candidate.first).rpartition(".")[2]
    return candidate.kind, candidate.tier, location, evidence.function_of(int(evidence.table.site[candidate.others[0]]))


def _resets(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether its window ends in a reset: the window of the actor that counts says nothing about that."""
    return candidate.pattern is Pattern.READ_WRITE_WRITE and resets(evidence, candidate.last, candidate.others[0])


def _undoes(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether a window ends by writing a constant over a value that a different function sets.

    That undoes what the value asked for. A window between two actors that both run the whole function does not say that.
    """
    if candidate.pattern is not Pattern.READ_WRITE_WRITE:
        return False
    table, last, other = evidence.table, candidate.last, candidate.others[0]
    ends = evidence.node(evidence.write_node(int(table.site[last])))
    separate = evidence.function_of(int(table.site[other])) not in {evidence.function_of(int(table.site[row])) for row in (candidate.first, last)}
    return separate and ends is not None and ends.constant and evidence.value(last) != evidence.value(other)


def _sites(candidate: Candidate, evidence: Evidence) -> tuple[object, ...]:
    table = evidence.table
    return candidate.pattern, candidate.tier, *(int(table.site[row]) for row in (candidate.first, candidate.last, *candidate.others))


def _alternates(best: Candidate, alike: list[Candidate], evidence: Evidence) -> tuple[Candidate, ...]:
    """Those between other actors than the best, one for each pair of actors."""

    def pair(each: Candidate) -> frozenset[int]:
        return frozenset(int(evidence.table.actor[row]) for row in (each.first, each.others[0]))

    pairs = {pair(each): each for each in reversed(alike)}
    pairs.pop(pair(best), None)
    return tuple(sorted(pairs.values(), key=alike.index)[:MOST_ALTERNATES])
