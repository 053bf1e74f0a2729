"""A finding as a regression test: a pytest file that needs nothing but causeway-sdk and what the program needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from causeway_core.errors import FindingUnusable
from causeway_core.export.regression.answers import source_of
from causeway_core.export.regression.entry import Entry, entries
from causeway_core.export.regression.expectation import Check, checks
from causeway_core.export.regression.layout import docstring, fixtures, imports, is_one_of, lines, order_of, project_of, started
from causeway_core.export.regression.rehearsal import Observed, Rehearsal
from causeway_core.export.regression.sender import Sender
from causeway_core.export.regression.wording import places_of
from causeway_core.model import Finding
from causeway_core.model.order import Order
from causeway_core.proof.running.command import can_run_concurrently
from causeway_core.proof.running.isolation import Isolation
from causeway_core.proof.running.rerun import PLAIN, nothing
from causeway_core.proof.running.workspace import Workspace
from causeway_core.storage.recording import Recording

Progress = Callable[[str, float], None]
_STUCK = ("deadlock", "blocking_call")
AGAIN = 3
"""Further runs of the bad order: an order that does not go wrong every time would make a flaky test."""


@dataclass(frozen=True, slots=True)
class GeneratedTest:
    """The source text of a test, and how it fails at present, in words."""

    text: str
    fails: str


@dataclass(frozen=True, slots=True)
class _Plan:
    entry: Entry
    order: Order
    checks: tuple[Check, ...]
    copied: bool
    isolation: Isolation | None
    sender: Sender


def generate(
    recording: Recording, finding: Finding, folder: Path, *, progress: Progress | None = None, watch: Callable[[], None] = nothing,
    isolation: Isolation | None = None,
) -> GeneratedTest:
    """The test for a finding, to stand in `folder`.

    Runs the program under the bad order, `1 + AGAIN` times, and under the serial ones, as the test will. The test asserts what distinguishes
    these runs. With `isolation` they and the test get the recorded answers of the outside world. Costs about eight runs; `watch` is called before
    each, and its exceptions propagate. Raises FindingUnusable if no order makes a test fail, and LaunchError.
    """
    plan = _rehearse(recording, finding, progress, watch, isolation)
    return GeneratedTest(_text(recording, finding, plan, folder), _fails(plan))


# Rehearsal.


def _rehearse(
    recording: Recording, finding: Finding, progress: Progress | None, watch: Callable[[], None], isolation: Isolation | None
) -> _Plan:
    bad = [order for order in finding.orders if order.aim == "bad"]
    if not bad:
        raise FindingUnusable(f"{finding.id} has no order that would make it happen, so no test can", "orders are planned by: causeway analyze")
    if finding.proof is not None and finding.proof.order is not None:
        bad.insert(0, bad.pop(finding.proof.order))
    refused = ""
    for entry in entries(recording):
        for number, order in enumerate(bad):
            if progress is not None:
                progress(f"rehearsing: {order.says}", number / len(bad))
            found = _plan_for_order(recording, finding, entry, order, watch, isolation)
            if isinstance(found, _Plan):
                return found
            refused = refused or found
    why = refused or "nothing in the project starts it"
    raise FindingUnusable(f"no test of {finding.id} would fail: {why}", "prove it first: causeway analyze --verify")


def _plan_for_order(
    recording: Recording, finding: Finding, entry: Entry, order: Order, watch: Callable[[], None], isolation: Isolation | None
) -> _Plan | str:
    """The plan, or why there is none with this order."""
    # Deadlocked threads would keep pytest from ending.
    entry = entry.in_own_process if finding.kind in _STUCK else entry
    first = Rehearsal(recording, entry, watch, isolation).run(order)
    if first.hang:
        entry = entry.in_own_process
    if not _can_reproduce(first):
        return f"{order.says}: {first.reason}"
    rehearsal = Rehearsal(recording, entry, watch, isolation)
    serial_orders = [each for each in finding.orders if each.aim == "serial"]
    sender = Sender.of(recording)
    if not finding.happened and not sender:
        serial_orders.append(PLAIN)
    orders = [*[order] * AGAIN, *serial_orders, *serial_orders[:1]]
    seen = _run_all(rehearsal, orders, 2 if can_run_concurrently(recording) else 1)
    bad, ended = [first, *seen[:AGAIN]], list(zip(orders[AGAIN:], seen[AGAIN:], strict=True))
    if not all(map(_can_reproduce, bad)):
        return f"{order.says}: it could not be forced each time"
    found = _find_checks(entry, order, bad, ended)
    if not found and PLAIN in serial_orders:
        # The plain run may happen to have gone wrong this time.
        found = _find_checks(entry, order, bad, [(each, rehearsal.run(PLAIN) if each is PLAIN else run) for each, run in ended])
    if isinstance(found, str) or not found:
        return f"{order.says}: {found or 'a test sees the same as in serial orders'}"
    return _Plan(entry, order, found, Workspace.of(recording).copied, isolation, sender)


def _find_checks(entry: Entry, order: Order, bad: Sequence[Observed], ended: Sequence[tuple[Order, Observed]]) -> tuple[Check, ...] | str:
    """The checks that hold in all serial runs, if some fail in the bad runs. Empty if none fails, or a reason in words if one is known."""
    right = [(each, run) for each, run in ended if run.feasible and not run.hang]
    # As in the judge: if bystanders race too, a serial order of only two actors is no measure.
    others = any(each.alternate for each, _ in ended)
    serial = [run for each, run in right if not others or (each.constraints and not each.alternate)] or [run for _, run in right]
    if not serial:
        return "no serial order could be forced for comparison"
    named = places_of(order)[0]
    found = tuple(checks(bad, serial, [key for key in order.watch if key in named]))
    if entry.runs_tests and any(check.subject == "exit code" and check.tells for check in found):
        found = tuple(check for check in found if check.subject != "stdout")
    return found if any(check.tells for check in found) else ()


def _can_reproduce(run: Observed) -> bool:
    """Whether a test can reproduce this run: the order was forced, or the program hung.

    A hang counts even if the order was given up, since then no actor was held any more."""
    return run.feasible or run.hang


def _run_all(rehearsal: Rehearsal, orders: Sequence[Order], at_once: int) -> list[Observed]:
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(rehearsal.run, orders))


def _fails(plan: _Plan) -> str:
    check = next(check for check in plan.checks if check.tells)
    match check.subject:
        case "hang":
            return "the program hangs"
        case "raised":
            return f"the program raises {check.expected[0]}"
        case "errors":
            return f"a part of the program raises {', '.join(check.expected)}"
        case "result" | "exit code":
            return f"the {check.subject} is one that no serial order gives"
        case "stdout":
            return "the output is one that no serial order gives"
    return "the final value is one that no serial order gives"


# Text.


def _text(recording: Recording, finding: Finding, plan: _Plan, folder: Path) -> str:
    names, places = places_of(plan.order)
    watched = {key: names[key] for key in plan.order.watch if key in names}
    top = [
        _docstring(recording, finding, plan),
        imports(plan.entry, copied=plan.copied, reset=recording.meta.reset),
        f"PROJECT = {project_of(Path(recording.meta.root), folder)}",
        places,
        order_of(plan.order, names),
        *plan.sender.definitions(),
        *([source_of(plan.isolation)] if plan.isolation is not None else []),
    ]
    below = fixtures(copied=plan.copied, reset=recording.meta.reset)
    return "\n\n\n".join(["\n\n".join(filter(None, top)), *below, _function(finding, plan, watched)])


def _docstring(recording: Recording, finding: Finding, plan: _Plan) -> str:
    where = dict.fromkeys(f"{access.file}:{access.line} in {access.function}" for access in finding.accesses)
    paragraphs = [
        f"{finding.title[:1].upper()}{finding.title[1:]}." if finding.title[:1].isalpha() else f"{finding.title}.",
        f"Where: {', '.join(where)}.",
    ]
    why = [text for text in (finding.window, finding.unordered) if text]
    if why:
        paragraphs.append(f"Why: {'; '.join(why)}.")
    paragraphs.append(f"Forced order: {plan.order.says}.")
    if finding.proof is not None and finding.proof.outcome:
        paragraphs.append(f"Before the fix, {finding.proof.outcome}.")
    paragraphs.append(
        "A fix may make the order impossible. This is noticed at once, and the program then runs freely: the test passes if it ends as a serial "
        "order does. The end of pytest's report says so."
    )
    paragraphs.append(f"Written by `causeway export --finding {finding.id} --format test` from {recording.path.name}; needs pytest and causeway-sdk.")
    return docstring(paragraphs)


def _function(finding: Finding, plan: _Plan, watched: dict[str, str]) -> str:
    takes = any(check.subject == "result" for check in plan.checks)
    body, needs, outcome = started(plan.entry, copied=plan.copied, given=plan.isolation is not None, takes=takes, sender=plan.sender)
    printed = f"outcome.{'replies' if plan.sender else 'stdout'}.splitlines()"
    if plan.entry.function:
        printed = "capsys.readouterr().out.splitlines()"
        if any(check.subject == "stdout" for check in plan.checks):
            needs.append("capsys: pytest.CaptureFixture[str]")
    if plan.isolation is not None:
        body.append(f'assert not {outcome}.missing, "\\n".join({outcome}.missing)')
    for check in plan.checks:
        body += _assertion(check, outcome, printed, watched)
    header = f"def {_name(finding)}({', '.join(needs)}) -> None:"
    return "\n".join([header, *(f"    {line}" for line in body)]) + "\n"


def _assertion(check: Check, outcome: str, printed: str, watched: dict[str, str]) -> list[str]:
    command = outcome == "outcome"
    match check.subject, check.relation:
        case "hang", _:
            return [f"assert {outcome}.hang is None, str({outcome})"]
        case "raised", _:
            return [f"# In the bad order the line above raises {check.expected[0]}."]
        case "exit code", _:
            return [f"assert {outcome}.exit_code == {check.expected[0]}, {outcome}.stderr"]
        case "errors", _ if command:
            return [f'assert "{name}" not in {outcome}.stderr, {outcome}.stderr' for name in check.expected]
        case "errors", _:
            return ["assert run.unhandled == []"]
        case "result", _:
            return is_one_of("result", check.expected)
        case "stdout", relation:
            return ["printed = " + printed, *lines(relation, check.expected)]
    return ["# None: the fix has removed the place." , *is_one_of(f"{outcome}.value({watched[check.subject]})", ("None", *check.expected))]


def _name(finding: Finding) -> str:
    words = "_".join(re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", finding.resource).lower())) or "it"
    match finding.kind:
        case "lost_update":
            return f"test_no_update_of_{words}_is_lost"
        case "deadlock":
            return f"test_no_deadlock_of_{words}"
        case "lost_wakeup":
            return f"test_no_wakeup_of_{words}_is_lost"
        case "order_violation":
            return f"test_{words}_is_used_in_order"
    return f"test_{words}_in_one_piece"
