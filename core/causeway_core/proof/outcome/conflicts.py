"""Conflicts of a run by which no serial order of two actors explains what they read and wrote."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.source_text import FunctionNode, called, last_name, own_nodes
from causeway_core.model import ValueKind

MOST_ROWS = 20_000
"""Accesses of shared places of a run that are examined."""
_WHOLE = ("copy", "items", "values")
"""Methods that give all that a container holds."""
_ABSENT = ("builtins.KeyError", "builtins.AttributeError", "builtins.IndexError")


@dataclass(frozen=True, slots=True, order=True)
class Conflict:
    """A cycle: `stale` was read by one actor before the other changed it, and `later` was used by the other before the first changed it.

    With `torn` the first has changed `stale` before the other read it: the other saw half of the change. With `decided` the other changed `stale`
    between the first one's update of it and its test of the result.
    """

    torn: bool
    stale: str
    later: str
    decided: bool = False

    def __str__(self) -> str:
        if self.decided:
            return f"one side updated {self.stale}, and the other changed it before the first one tested the result"
        if self.torn:
            return f"one side read {self.stale} when the other had changed it already, and {self.later} before the other changed it"
        return f"one side read {self.stale} before the other changed it, and then changed {self.later}, which the other had used"


@dataclass(frozen=True, slots=True)
class _Access:
    order: int
    row: int
    location: int
    writes: bool


def conflicts(evidence: Evidence, pairs: Iterable[tuple[str, str]]) -> frozenset[Conflict]:
    """The conflicts of pairs of actors, given by their spawn paths: the first of each pair is the one that the second interrupted.

    Source: conflict serializability; Eswaran et al., "The Notions of Consistency and Predicate Locks", 1976.
    """
    if len(evidence.table) > MOST_ROWS:
        return frozenset()
    by_path: defaultdict[str, list[int]] = defaultdict(list)
    for actor in evidence.facts.actors.values():
        by_path[actor.path].append(actor.id)
    found: set[Conflict] = set()
    for one, other in dict.fromkeys(pairs):
        for first, second in product(by_path[one], by_path[other]):
            mine, theirs = _accesses(evidence, first), _accesses(evidence, second)
            found |= {*_stale(evidence, mine, theirs), *_replaced(evidence, mine, theirs), *_decided(evidence, mine, theirs)}
            found |= {*_torn(evidence, _with_contents(evidence, mine), _with_contents(evidence, theirs))}
    return frozenset(found)


def _accesses(evidence: Evidence, actor: int) -> list[_Access]:
    table = evidence.table
    rows = evidence.rows_of(actor, 0, int(table.order.max(initial=0)))
    return [_Access(int(table.order[row]), row, int(table.location[row]), bool(table.writes[row])) for row in rows]


def _with_contents(evidence: Evidence, accesses: Sequence[_Access]) -> list[_Access]:
    """The accesses, and those to the contents of a container that is read from a place: `self.stats["sent"] += 1` changes them, and
    `dict(self.stats)` reads them. Items that only one actor names are not among the shared places. Contents have the negative number of their place.
    """
    found: list[_Access] = []
    known: dict[int, tuple[bool, bool]] = {}
    for each in accesses:
        found.append(each)
        if each.writes or int(evidence.table.vk[each.row]) != ValueKind.OBJECT:
            continue
        site = int(evidence.table.site[each.row])
        if site not in known:
            known[site] = _changes_contents(evidence, each.row), _uses_all_contents(evidence, each.row)
        changes, takes = known[site]
        if changes or takes:
            found.append(_Access(each.order, each.row, -each.location, changes))
    return found


def _stale(evidence: Evidence, mine: Sequence[_Access], theirs: Sequence[_Access]) -> Iterator[Conflict]:
    """Places that one actor read last before the other changed them, and what it changed afterwards although the other had used it."""
    orders = [each.order for each in theirs]
    reads: dict[int, int] = {}
    for access in mine:
        if not access.writes:
            reads[access.location] = access.order
            continue
        for place, order in reads.items():
            between = theirs[bisect_right(orders, order) : bisect_left(orders, access.order)]
            changed = any(each.writes and each.location == place for each in between)
            used = [each for each in between if each.location == access.location]
            # What is read again before it is counted on, such as a statistic, includes what the other did.
            fresh = bool(used) and reads.get(access.location, -1) > used[-1].order
            if changed and used and not fresh and not _same_value(evidence, access, used):
                yield Conflict(False, _name(evidence, place), _name(evidence, access.location))
        reads.pop(access.location, None)


def _replaced(evidence: Evidence, mine: Sequence[_Access], theirs: Sequence[_Access]) -> Iterator[Conflict]:
    """Places with a container whose contents one actor read, and which it then replaced by a new one although the other had changed the contents.

    What the other put in is gone with the old container, and the copy does not have it.
    """
    orders = [each.order for each in theirs]
    read: dict[int, int] = {}
    for access in mine:
        if not access.writes:
            if _uses_all_contents(evidence, access.row):
                read[access.location] = access.order
            continue
        order = read.pop(access.location, None)
        if order is None or int(evidence.table.vk[access.row]) != ValueKind.OBJECT:
            continue
        between = theirs[bisect_right(orders, order) : bisect_left(orders, access.order)]
        if any(each.location == access.location and _changes_contents(evidence, each.row) for each in between):
            yield Conflict(False, _name(evidence, access.location), _name(evidence, access.location))


def _torn(evidence: Evidence, mine: Sequence[_Access], theirs: Sequence[_Access]) -> Iterator[Conflict]:
    """Places that one actor had changed when the other, which decides by them, read them, and what it changed after the other had read it."""
    orders = [each.order for each in theirs]
    wrote: defaultdict[int, list[_Access]] = defaultdict(list)
    for access in mine:
        if not access.writes:
            continue
        for place, writes in wrote.items():
            if abs(place) == abs(access.location):
                continue
            between = theirs[bisect_right(orders, writes[0].order) : bisect_left(orders, access.order)]
            reads = [each.row for each in between if not each.writes and each.location == access.location]
            looks = [each for each in between if reads and not each.writes and each.location == place and _may_differ(evidence, writes, each)]
            if any(_decides(evidence, each.row, read) for each in looks for read in reads):
                yield Conflict(True, _name(evidence, place), _name(evidence, access.location))
        wrote[access.location].append(access)


def _decided(evidence: Evidence, mine: Sequence[_Access], theirs: Sequence[_Access]) -> Iterator[Conflict]:
    """Places that one actor updated, the other then changed, and by which the first one, in the same function, decided what to do next.

    It decides by what the other did as if it had done that itself: of two counters that reach a number, both or neither are the last.
    """
    orders = [each.order for each in theirs]
    read: set[int] = set()
    wrote: dict[int, _Access] = {}
    for access in mine:
        if access.writes:
            if access.location in read:
                wrote[access.location] = access
            else:
                wrote.pop(access.location, None)
            continue
        read.add(access.location)
        write = wrote.pop(access.location, None)
        if write is None:
            continue
        between = theirs[bisect_right(orders, write.order) : bisect_left(orders, access.order)]
        changed = any(each.writes and each.location == access.location for each in between)
        if changed and _tests_result(evidence, write.row, access.row):
            name = _name(evidence, access.location)
            yield Conflict(False, name, name, decided=True)


def _tests_result(evidence: Evidence, write: int, read: int) -> bool:
    """Whether a read is in a test of the function that made the write, and not compared with a local name.

    Who keeps what it wrote, and compares it later, asks on purpose whether another has come since. A loop waits for others.
    """
    sites, table = evidence.facts.sites, evidence.table
    site, other = sites.get(abs(int(table.site[read]))), sites.get(abs(int(table.site[write])))
    if site is None or other is None or site.function != other.function:
        return False
    function = evidence.texts.function(evidence.facts.functions[site.function].path, site.line)
    if function is None:
        return False
    tests = [node.test for node in own_nodes(function) if isinstance(node, ast.If | ast.IfExp | ast.Assert) and _spans(node.test, site.line)]
    return bool(tests) and not any(_compares_local(test) for test in tests)


def _compares_local(test: ast.expr) -> bool:
    """Whether a local name itself is an operand in a test, not only the owner of an attribute or item."""
    owners = {id(node.value) for node in ast.walk(test) if isinstance(node, ast.Attribute | ast.Subscript)}
    owners |= {id(node.func) for node in ast.walk(test) if isinstance(node, ast.Call)}
    return any(isinstance(node, ast.Name) and id(node) not in owners and not node.id.isupper() for node in ast.walk(test))


def _may_differ(evidence: Evidence, writes: Sequence[_Access], look: _Access) -> bool:
    """Whether a read came after one of some writes that nothing makes come first: what an actor did before it started the other is always there."""
    return any(each.order < look.order and evidence.concurrent(each.row, look.row) for each in writes)


def _same_value(evidence: Evidence, access: _Access, used: Sequence[_Access]) -> bool:
    """Whether an actor only writes what the other has just written: neither order makes a difference."""
    writes = [each for each in used if each.writes]
    return bool(writes) and evidence.value(writes[-1].row) == evidence.value(access.row)


def _changes_contents(evidence: Evidence, row: int) -> bool:
    """Whether an access reads a container in order to change it in place."""
    node = evidence.node(evidence.read_node(int(evidence.table.site[row])))
    return not evidence.table.writes[row] and node is not None and node.changed_through


def _uses_all_contents(evidence: Evidence, row: int) -> bool:
    """Whether a read takes all that a container holds: copies, passes on or iterates it. Another name for it, its size or one entry does not."""
    site = evidence.facts.sites.get(abs(int(evidence.table.site[row])))
    function = None if site is None else evidence.texts.function(evidence.facts.functions[site.function].path, site.line)
    if site is None or function is None:
        return False
    uses = [
        (owner, child)
        for owner in own_nodes(function)
        for child in ast.iter_child_nodes(owner)
        if isinstance(child, ast.Attribute | ast.Name) and child.lineno == site.line and last_name(child) == site.name
    ]
    return bool(uses) and all(_uses_whole(owner, child) for owner, child in uses if isinstance(child.ctx, ast.Load))


def _uses_whole(owner: ast.AST, used: ast.Attribute | ast.Name) -> bool:
    """Whether the expression or statement around a container uses all its contents."""
    match owner:
        case ast.Attribute():
            return owner.attr in _WHOLE
        case ast.Call():
            return used in owner.args and called(owner) != "len"
        case ast.Subscript():
            return isinstance(owner.slice, ast.Slice)
        case ast.For() | ast.comprehension() | ast.Starred():
            return True
        case _:
            return False


def _decides(evidence: Evidence, row: int, read: int) -> bool:
    """Whether what a row reads decides what comes next: it is tested by an `if`, a `while`, a conditional expression or an `assert`, or its absence
    raised an exception. The function that makes the later `read` may also ask the one that returns it, but what it reads in a loop until then is
    progress.
    """
    table, facts = evidence.table, evidence.facts
    site = facts.sites.get(abs(int(table.site[row])))
    if site is None:
        return False
    if any(each.actor == int(table.actor[row]) and each.line == site.line and each.type in _ABSENT for each in facts.exceptions):
        return True
    function = evidence.texts.function(facts.functions[site.function].path, site.line)
    if function is None:
        return False
    if any(_spans(test, site.line) for test in _tests(function)):
        return True
    returned = any(isinstance(node, ast.Return) and _spans(node, site.line) for node in own_nodes(function))
    later = facts.sites.get(abs(int(table.site[read])))
    asker = None if later is None else evidence.texts.function(facts.functions[later.function].path, later.line)
    if not returned or later is None or asker is None:
        return False
    return any(isinstance(node, ast.Call) and called(node) == function.name for test in _tests(asker, later.line) for node in ast.walk(test))


def _tests(function: FunctionNode, beyond: int = 0) -> Iterator[ast.expr]:
    """The tests in a function, without those of loops around a line."""
    for node in own_nodes(function):
        if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert) and not (isinstance(node, ast.While) and _spans(node, beyond)):
            yield node.test


def _spans(node: ast.expr | ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _name(evidence: Evidence, location: int) -> str:
    return evidence.facts.locations[abs(location)].name
