"""A distributed trace as a characterisation test: it passes as long as the actors do the same, and shows where they do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from causeway.redaction import is_secret, scrub

from causeway_core.analysis import Analysis
from causeway_core.analysis.evidence.trace_scope import actors_of_trace
from causeway_core.errors import ExportImpossible
from causeway_core.export.regression.answers import source_of
from causeway_core.export.regression.entry import Entry, entries
from causeway_core.export.regression.layout import docstring, fixtures, imports, is_one_of, order_of, project_of, started
from causeway_core.export.regression.rehearsal import Observed, Rehearsal
from causeway_core.export.regression.sender import Sender
from causeway_core.export.regression.wording import places_of, quoted
from causeway_core.model.order import Order, OrderPlace
from causeway_core.proof.outcome.canonical import canonical
from causeway_core.proof.planning.recorded_schedule import RecordedSchedule, recorded_schedule
from causeway_core.proof.running.isolation import NOT_CAPTURED, Isolation
from causeway_core.proof.running.rerun import nothing
from causeway_core.proof.running.workspace import Workspace
from causeway_core.storage.recording import Recording

REHEARSALS = 3
"""Runs that have to agree in what the test asserts."""
MOST_REFUSED = 12
"""Constraints that may turn out not to be possible before it is given up."""
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class _Plan:
    """`steps`: keys of places in the order in which all runs passed them, with what they held."""

    entry: Entry
    order: Order
    steps: tuple[tuple[str, str | None], ...]
    runs: tuple[Observed, ...]
    left_out: int
    copied: bool
    sender: Sender


def generate(
    recording: Recording, analysis: Analysis, trace_id: str, folder: Path, *, isolation: Isolation | None = None, watch: Callable[[], None] = nothing
) -> str:
    """The source text of a test for a trace, to stand in `folder`.

    The changes of shared places, the awaits that were over and the ends of the trace's actors are forced into their recorded order; the program runs
    so three times, and what was the same each time is asserted: the order, what places held, what services were asked, what came out. Raises
    ExportImpossible for a trace of which nothing can be forced or nothing is the same twice, and LaunchError.
    """
    actors = actors_of_trace(recording, trace_id)
    if not actors:
        raise ExportImpossible(f"nothing in {recording.path} belongs to the trace {trace_id}", 'traces: causeway query "select trace_id from span"')
    wanted = recorded_schedule(recording, analysis, actors)
    if not wanted.events:
        raise ExportImpossible(f"the trace {trace_id} changes nothing that is shared and waits for nothing", "test its functions by themselves")
    refused = ""
    for entry in entries(recording):
        found = _rehearse(recording, wanted, entry, isolation, watch)
        if isinstance(found, _Plan):
            return _text(recording, found, trace_id, folder, isolation)
        refused = refused or found
    why = refused or "nothing in the project starts it"
    raise ExportImpossible(f"the schedule of the trace {trace_id} cannot be forced: {why}", "record it again")


def _rehearse(recording: Recording, wanted: RecordedSchedule, entry: Entry, isolation: Isolation | None, watch: Callable[[], None]) -> _Plan | str:
    rehearsal = Rehearsal(recording, entry, watch, isolation)
    first = rehearsal.run(wanted.order)
    for _ in range(MOST_REFUSED):
        if first.feasible or first.refused is None or first.reason.startswith(NOT_CAPTURED):
            break
        wanted = wanted.without(first.refused)
        first = rehearsal.run(wanted.order)
    if not first.feasible or first.hang:
        return first.reason or "the program hangs"
    runs = (first, *(rehearsal.run(wanted.order) for _ in range(REHEARSALS - 1)))
    if not all(run.feasible for run in runs):
        return next(run.reason for run in runs if not run.feasible)
    steps = tuple(_common_steps([run.passed for run in runs], dict(wanted.order.places)))
    if not steps:
        return "no two runs of this order do the same"
    return _Plan(entry, wanted.order, steps, runs, wanted.left_out, Workspace.of(recording).copied, Sender.of(recording))


def _common_steps(schedules: Sequence[Sequence[tuple[str, str | None]]], places: Mapping[str, OrderPlace]) -> list[tuple[str, str | None]]:
    """What all schedules have in the same order; a place that holds a secret or something else each time counts with None."""
    kept = [key for key, _ in schedules[0]]
    for other in schedules[1:]:
        blocks = SequenceMatcher(None, kept, [key for key, _ in other], autojunk=False).get_matching_blocks()
        kept = [key for block in blocks for key in kept[block.a : block.a + block.size]]
    first, *others = [dict(each) for each in schedules]
    same = {key for key in kept if all(other[key] == first[key] for other in others)}
    return [(key, first[key] if key in same and _can_be_asserted(first[key], places[key]) else None) for key in kept]


def _can_be_asserted(text: str | None, place: OrderPlace) -> bool:
    """Whether a test can assert what a place held: it is the same in every process, and no secret."""
    return text is not None and canonical(text) == text and not is_secret(place.name or "") and scrub(text) == text


# Text.


def _text(recording: Recording, plan: _Plan, trace_id: str, folder: Path, isolation: Isolation | None) -> str:
    keys = [key for key, _ in plan.steps]
    names, places = places_of(plan.order, keys)
    constrained = {key for each in plan.order.constraints for key in (each.after, each.hold, each.since)}
    top = [
        _docstring(recording, plan, trace_id),
        imports(plan.entry, copied=plan.copied, reset=recording.meta.reset),
        f"PROJECT = {project_of(Path(recording.meta.root), folder)}",
        places,
        order_of(plan.order, names, [key for key in keys if key not in constrained]),
        _schedule(plan, names),
        *plan.sender.definitions(),
        *([source_of(isolation)] if isolation is not None else []),
    ]
    below = fixtures(copied=plan.copied, reset=recording.meta.reset)
    return "\n\n\n".join(["\n\n".join(top), *below, _function(plan, trace_id, isolation)])


def _docstring(recording: Recording, plan: _Plan, trace_id: str) -> str:
    paragraphs = [
        f"What the trace {trace_id} does, as it was recorded.",
        "Its tasks and threads pass the places of COURSE in exactly this order: accesses to shared places with their values, ends of awaits, "
        "ends of tasks and threads with their results. The test passes as long as this order is possible and gives the same results. It does not "
        "say whether they are right.",
    ]
    if plan.left_out:
        paragraphs.append(f"{plan.left_out} further accesses are not ordered.")
    paragraphs.append(f"Written by `causeway export --trace-id {trace_id} --format test` from {recording.path.name}; needs pytest and causeway-sdk.")
    return docstring(paragraphs)


def _schedule(plan: _Plan, names: dict[str, str]) -> str:
    lines = ["# The places in order, each with its value then (None: no value, or a different one each time).", "COURSE = ["]
    lines += [f"    ({names[key]}, {'None' if text is None else quoted(text)})," for key, text in plan.steps]
    return "\n".join([*lines, "]"])


def _function(plan: _Plan, trace_id: str, isolation: Isolation | None) -> str:
    first = plan.runs[0]
    results = {run.result for run in plan.runs}
    takes = bool(plan.entry.function) and len(results) == 1 and first.result not in (None, "None")
    body, needs, outcome = started(plan.entry, copied=plan.copied, given=isolation is not None, takes=takes, sender=plan.sender)
    body.append(f"assert {outcome}.feasible, str({outcome})")
    if isolation is not None:
        body.append(f'assert not {outcome}.missing, "\\n".join({outcome}.missing)')
    body.append(f"assert {outcome}.along(COURSE) == COURSE")
    if first.asked and len({run.asked for run in plan.runs}) == 1:
        body += [f"assert {outcome}.asked == [", *(f"    ({quoted(who)}, {quoted(what)})," for who, what in first.asked), "]"]
    if takes:
        body += is_one_of("result", (str(first.result),))
    if first.exit_code is not None and len({run.exit_code for run in plan.runs}) == 1:
        body.append(f"assert {outcome}.exit_code == {first.exit_code}, {outcome}.stderr")
    printed = _printed(plan.runs)
    if printed:
        if plan.entry.function:
            needs.append("capsys: pytest.CaptureFixture[str]")
        shown = "capsys.readouterr().out" if plan.entry.function else f"{outcome}.{'replies' if plan.sender else 'stdout'}"
        body.append(f"printed = {shown}.splitlines()")
        body += [f"assert {quoted(line)} in printed" for line in printed]
    header = f"def test_trace_{trace_id[:8]}_goes_as_recorded({', '.join(needs)}) -> None:"
    return "\n".join([header, *(f"    {line}" for line in body)]) + "\n"


def _printed(runs: Sequence[Observed]) -> list[str]:
    """Lines that all runs print, without times and the like."""
    common = set.intersection(*(set(run.stdout) for run in runs))
    steady = [line for line in dict.fromkeys(runs[0].stdout) if line in common and line.strip() and canonical(line).strip() == line.strip()]
    return steady[:MOST_LINES]
