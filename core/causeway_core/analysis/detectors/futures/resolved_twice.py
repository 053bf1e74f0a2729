"""Futures that two actors may resolve: the second gets InvalidStateError, unless it checks right before."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from causeway_core.analysis import weights
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.operations import Operation
from causeway_core.analysis.source_text import FunctionNode, called, own_nodes
from causeway_core.analysis.wording.scene import Moment, Scene
from causeway_core.model import At, Finding
from causeway_core.wire.kinds import SyncOp

_SETTLES = frozenset({"set_result", "set_exception"})
_ENDS = _SETTLES | {"cancel"}
_TAKES = frozenset({"pop", "popleft", "popitem", "create_future", "Future", "get_nowait"})
"""What gives a future to its caller alone: it was taken out, or made."""
_ASKS = frozenset({"done", "cancelled"})
SETTLE, SETTLES_TOO = "settle", "settles too"
"""Roles of the two sides."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """A call that resolves a future without a check right before it: the future as text, and whether there was a check further up."""

    function: FunctionNode
    owner: str
    looked: bool


def resolved_twice(scene: Scene, evidence: Evidence, events: Iterable[Operation]) -> list[Finding]:
    """asyncio futures that one actor resolves after an await (or without any check), and that another finds in the same location and resolves too."""
    found: dict[str, Finding] = {}
    for event in events:
        thing = evidence.facts.objects.get(event.object)
        if event.op not in (SyncOp.RESULT_SET, SyncOp.EXCEPTION_SET) or thing is None or not thing.type.endswith(".Future") or thing.label is None:
            continue
        place = scene.place(event.at)
        settling = resolution_at(evidence, place.path, place.line) if place.line and str(place) not in found else None
        if settling is None:
            continue
        home = thing.label.partition("[")[0]
        for look in _reads_before(evidence, event, home, settling):
            other = next(_other_checks(evidence, event, look, home), None)
            if other is not None and (not settling.looked or _can_run_between(evidence, event, look, other)):
                found[str(place)] = _finding(scene, event, look, other, settling)
                break
    return list(found.values())


def resolution_at(evidence: Evidence, path: str, line: int, *, taken: bool = False) -> Resolution | None:
    """The call that resolves a future at a line, or None where that is safe.

    It is safe where the future is checked right before, where the error is caught, or (unless `taken`) where the future was removed from its
    location, so that no other actor has it.
    """
    around = evidence.texts.around(path, line)
    function = around[0] if around else None
    if not isinstance(function, FunctionNode):
        return None
    calls = [node for node in own_nodes(function) if isinstance(node, ast.Call) and called(node) in _SETTLES and node.lineno == line]
    owner = calls[0].func.value if calls and isinstance(calls[0].func, ast.Attribute) else None
    if owner is None or (isinstance(owner, ast.Call) and not taken) or any(isinstance(node, ast.Try) and _catches(node) for node in around):
        return None
    text = ast.unparse(owner)
    for node in own_nodes(function):
        given = isinstance(node, ast.Assign) and any(ast.unparse(target) == text for target in node.targets)
        if given and not taken and any(isinstance(each, ast.Call) and called(each) in _TAKES for each in ast.walk(node)):
            return None
    looks = [node for node in own_nodes(function) if isinstance(node, ast.If) and node.lineno <= line and _asks(evidence, node.test, text)]
    fresh = [node for node in looks if not any(node.lineno < gap.lineno < line for gap in own_nodes(function) if isinstance(gap, ast.Await))]
    return None if fresh else Resolution(function, text, bool(looks))


def _catches(node: ast.Try) -> bool:
    words = {name for handler in node.handlers if handler.type for each in ast.walk(handler.type) for name in (_name(each),)}
    return bool(words & {"InvalidStateError", "Exception"}) or any(handler.type is None for handler in node.handlers)


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _asks(evidence: Evidence, test: ast.expr, owner: str) -> bool:
    """Whether a test asks a future if it is done, itself or through a property or method of the same object."""
    base = owner.rpartition(".")[0]
    for node in ast.walk(test):
        if _is_question(node, owner):
            return True
        through = node if isinstance(node, ast.Attribute) and base and ast.unparse(node.value) == base else None
        if through is not None and any(_is_question(each, owner) for named in evidence.texts.named(through.attr) for each in own_nodes(named)):
            return True
    return False


def _is_question(node: ast.AST, owner: str) -> bool:
    return isinstance(node, ast.Call) and called(node) in _ASKS and isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == owner


def _reads_before(evidence: Evidence, event: Operation, home: str, settling: Resolution) -> Iterator[int]:
    """Where the actor read the location of the future in the function that resolves it, last first."""
    lines = range(settling.function.lineno, (settling.function.end_lineno or 0) + 1)
    for row in reversed(evidence.rows_of(event.actor, 0, event.order, last=24)):
        site = evidence.facts.sites.get(abs(int(evidence.table.site[row])))
        if site is not None and site.line in lines and not evidence.table.writes[row] and _held_in(evidence, row, home):
            yield row


def _held_in(evidence: Evidence, row: int, home: str) -> bool:
    return evidence.facts.locations[int(evidence.table.location[row])].name.partition("[")[0] == home


def _other_checks(evidence: Evidence, event: Operation, look: int, home: str) -> Iterator[int]:
    """Accesses to the same location by unordered actors, in functions that resolve a future too."""
    table = evidence.table
    place = int(table.location[look])
    span = table.span(place)
    for row in range(span.start, span.stop):
        site = evidence.facts.sites.get(abs(int(table.site[row])))
        if int(table.actor[row]) == event.actor or site is None or not evidence.unordered(At(event.at), evidence.at(row)):
            continue
        function = evidence.texts.function(evidence.facts.functions[site.function].path, site.line)
        if function is not None and any(isinstance(node, ast.Call) and called(node) in _ENDS for node in own_nodes(function)):
            yield row


def _can_run_between(evidence: Evidence, event: Operation, look: int, other: int) -> bool:
    """Whether the other actor can run between a read and the resolving call that follows it."""
    step = evidence.step_at(event.at)
    if int(evidence.table.at[other]) >> 40 != event.at >> 40 or step is None:
        return True
    return evidence.unit_of(event.actor, step) != evidence.atomic_unit(look)


def _finding(scene: Scene, event: Operation, look: int, other: int, settling: Resolution) -> Finding:
    evidence, name = scene.evidence, scene.object(event.object)
    who, at = int(evidence.table.actor[other]), int(evidence.at(other))
    one, two = scene.sides((event.actor, scene.place(event.at).function), (who, scene.place(at).function))
    how = "checks and resolves {} with an await in between" if settling.looked else "resolves {} without checking that it is pending"
    return scene.finding(
        kind="atomicity_violation",
        weight=weights.RESOLVED_TWICE,
        title=f"{one} {how.format(f'the future {name}')}; {two} could resolve it first",
        resource=name,
        events=[
            Moment(event.actor, int(evidence.at(look)), "look", f"finds {name}"),
            Moment(who, at, SETTLES_TOO, f"could resolve {name} too"),
            Moment(event.actor, event.at, SETTLE, f"resolved {name}"),
        ],
        recommendation=(
            f"check right before: `if not {settling.owner}.done():`, with no await in between; or remove the future from its table where "
            "it is looked up"
        ),
        explanation="A future can be resolved only once: the second attempt raises InvalidStateError. It did not happen in this run.",
    )
