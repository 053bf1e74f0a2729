"""A shared location used like a local variable: written, then read back after another actor may have overwritten it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.detectors.atomicity.requests import ONE_CLIENT
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import DELETE
from causeway_core.analysis.filters.commutative import decides
from causeway_core.analysis.filters.unchanged import same_scalar
from causeway_core.analysis.flow.graph import FlowGraph, Place
from causeway_core.analysis.partners import Partners
from causeway_core.analysis.source_text import FunctionNode, loop_testing, own_nodes, waits
from causeway_core.analysis.windows import Windows
from causeway_core.model import Site

ENOUGH = 6
MOST_PLACES = 64
"""Places of one site that are looked at."""
FAR = "the write and the read are in functions that do not call each other by name"


def read_backs(evidence: Evidence, windows: Windows, partners: Partners) -> Iterator[Candidate]:
    """W[W]R candidates: the value read back must matter, and the written value must be the actor's own.

    Only writes whose value comes from the actor count, or writes that accumulate something that is then used for a decision. A literal, such as the
    name of a state, is meant for others to see, unless the function goes on to count from it.
    """
    table = evidence.table
    for write_site in np.unique(table.site[table.writes]).tolist():
        written = evidence.node(evidence.write_node(write_site))
        counted = written is not None and written.constant and _counted_from(evidence, write_site)
        if written is None or (written.constant and not counted):
            continue
        for read_site in _sites_of_places(evidence, write_site, writes=False):
            if _polls(evidence, read_site):
                continue
            own = _reads_own(evidence, write_site, read_site, counted=counted)
            far = not own and _reads_own(evidence, write_site, read_site, counted=counted, far=True) and _reads_far(evidence, write_site, read_site)
            if not own and not far:
                continue
            found = windows.between(write_site, read_site, "data", first_writes=True, last_writes=False)
            if found is None:
                continue
            given = 0
            for first, last, struck in windows.sample(found):
                candidate = _of_window(evidence, partners, first, last, struck, counted=counted) or _of_requests(evidence, first, last)
                if candidate is not None and far and (evidence.locks_at(first) or evidence.locks_at(last)):
                    break  # what is locked each time is everybody's, not one's own
                if candidate is not None:
                    yield candidate.lowered("latent", FAR) if far else candidate
                    given += 1
                if given >= ENOUGH:
                    break


def _sites_of_places(evidence: Evidence, write_site: int, *, writes: bool) -> list[int]:
    """The sites that read, or write, the locations that are written at a site."""
    table = evidence.table
    sites: set[int] = set()
    for location in np.unique(table.location[evidence.rows_at(write_site)])[:MOST_PLACES].tolist():
        span = table.span(location)
        sites.update(table.site[span][table.writes[span] == writes].tolist())
    return sorted(sites)


def _polls(evidence: Evidence, read_site: int) -> bool:
    """Whether the read is the condition of a loop that waits in between: it asks for what other actors write, not for the actor's own value."""
    site = evidence.facts.sites.get(abs(read_site))
    if site is None:
        return False
    loop = loop_testing(evidence.texts.around(evidence.facts.functions[site.function].path, site.line), site.line)
    return loop is not None and waits(loop)


def _counted_from(evidence: Evidence, write_site: int) -> bool:
    """Whether the function that writes a literal to the location adds to it further down: it counts something of its own."""
    flow, node = evidence.flow, evidence.write_node(write_site)
    if node is None:
        return False
    begins = flow.place(node)
    for site in _sites_of_places(evidence, write_site, writes=True):
        adds = evidence.write_node(site)
        if adds is None or not flow.graph.nodes[adds].accumulates:
            continue
        place = flow.place(adds)
        if place.scope == begins.scope and place.line > begins.line:
            return True
    return False


def _reads_own(evidence: Evidence, write_site: int, read_site: int, *, counted: bool, far: bool = False) -> bool:
    """Whether the text shows that the read expects what the write stored: it follows in the same function, or one function calls the other in that
    order. With `far`, a known call order is enough. It does not count if the read starts a new update of the location (unless it is the actor's own
    count), or if the written value is compared with it or searched in it: that asks whether the value is still there.
    """
    graph, flow = evidence.flow.graph, evidence.flow
    write_node, read_node = evidence.write_node(write_site), evidence.read_node(read_site)
    if write_node is None or read_node is None:
        return False
    write, read = flow.place(write_node), flow.place(read_node)
    follows = read.line > write.line if write.scope == read.scope else far or _called_after(graph, write, read)
    updates = not counted and any(
        flow.place(target).name == read.name and flow.place(target).shape == read.shape for target in graph.decided_writes(read_node)
    )
    return follows and not updates and not _asks_whether_still_own(graph, write_node, read_node)


def _asks_whether_still_own(graph: FlowGraph, write_node: int, read_node: int) -> bool:
    """Whether the value read back is compared with the written value, with an earlier read of the location (`mine = self.newest`), or with the result
    of the same call (`current_task()`). Then the newest actor wins, and the others notice that they lost.
    """
    sources = {code >> 1 for code in graph.nodes[write_node].sources if not code & 1}
    compared = graph.compared.get(read_node, set()) - {read_node}
    if sources & compared:
        return True
    read = graph.nodes[read_node].place
    given = {place.name for node in sources if (place := graph.nodes[node].place) is not None and place.shape == "call"}
    others = [place for node in compared if (place := graph.nodes[node].place) is not None]
    again = any(each.shape == "call" and each.name in given for each in others)
    return again or any(read is not None and (each.name, each.shape) == (read.name, read.shape) for each in others)


def _called_after(graph: FlowGraph, write: Place, read: Place) -> bool:
    """Whether one of two functions calls the other so that the read comes after the write."""
    if any(line < read.line for line in graph.call_lines(read.scope, write.scope)):
        return True
    return any(line > write.line for line in graph.call_lines(write.scope, read.scope))


def _reads_far(evidence: Evidence, write_site: int, read_site: int) -> bool:
    """Whether a read comes after a write although neither function calls the other by name."""
    return _calls_given_callable(evidence, write_site, read_site) or _called_in_turn(evidence, write_site, read_site)


def _called_in_turn(evidence: Evidence, write_site: int, read_site: int) -> bool:
    """Whether a third function calls first the writing and then the reading function, and does not change the location itself."""
    write_node, read_node = evidence.write_node(write_site), evidence.read_node(read_site)
    if write_node is None or read_node is None:
        return False
    graph = evidence.flow.graph
    writers, readers = (graph.callers(evidence.flow.place(node).scope) for node in (write_node, read_node))
    if not any(min(writers[caller]) < max(readers[caller]) for caller in writers.keys() & readers.keys()):
        return False
    changing = _sites_of_places(evidence, write_site, writes=True)
    return all(evidence.function_of(site) != evidence.function_of(read_site) for site in changing)


def _calls_given_callable(evidence: Evidence, write_site: int, read_site: int) -> bool:
    """Whether the writing function then calls a callable that it was given, as middleware and decorators do: the rest happens in there."""
    site = evidence.facts.sites.get(abs(write_site))
    if site is None or evidence.function_of(write_site) == evidence.function_of(read_site):
        return False
    path, line = evidence.facts.functions[site.function].path, site.line
    around = evidence.texts.around(path, line)
    given = {each.arg for node in around if isinstance(node, FunctionNode) for each in ast.walk(node.args) if isinstance(each, ast.arg)}
    function = evidence.texts.function(path, line)
    calls = [node for node in own_nodes(function) if isinstance(node, ast.Call)] if function is not None else []
    return any(isinstance(call.func, ast.Name) and call.func.id in given and call.lineno > line for call in calls)


def _of_window(evidence: Evidence, partners: Partners, first: int, last: int, struck: bool, *, counted: bool) -> Candidate | None:
    if _written_again(evidence, first, last) or _only_accumulated(evidence, last):
        return None
    accumulates = _accumulates(evidence, first)
    if accumulates and not decides(evidence, last):
        return None
    through = evidence.locks_through(first, last)
    for other in partners.near(first, last, writes=True):
        if not evidence.can_run_between(first, last, other) or through & evidence.locks_at(other) or same_scalar(evidence, first, other):
            continue
        if accumulates != _accumulates(evidence, other) and accumulates:
            continue
        if int(evidence.table.op[other]) == DELETE and _tolerates_absence(evidence, last):
            continue  # it asks whether the entry is still there
        # A count that somebody else sets back is meant to be; two that count in one place are not.
        if counted and evidence.function_of(int(evidence.table.site[first])) != evidence.function_of(int(evidence.table.site[other])):
            continue
        if evidence.concurrent(first, other) and evidence.concurrent(last, other):
            inside = struck and first < other < last
            if inside and _asserted(evidence, last):
                return None
            candidate = Candidate(Pattern.WRITE_WRITE_READ, "atomicity_violation", first, last, (other,), "data", inside)
            if accumulates:
                return candidate.lowered("latent", "the location only accumulates; the order matters only to what is decided on its value")
            return candidate
    return None


def _tolerates_absence(evidence: Evidence, row: int) -> bool:
    """Whether a look into a container asks for an entry that may be gone: `in`, or a `get` whose result is not used before it is tested."""
    site = evidence.facts.sites.get(abs(int(evidence.table.site[row])))
    if site is None or site.kind != "method" or site.name != "get":
        return site is not None and site.kind == "contains"
    function = evidence.texts.function(evidence.facts.functions[site.function].path, site.line)
    nodes = list(own_nodes(function)) if function is not None else []
    for node in nodes:
        match node:
            case ast.Attribute(value=ast.Call() as call) | ast.Subscript(value=ast.Call() as call) if _is_at(call, site):
                return False
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if _is_at(call, site):
                tests = (each.test for each in nodes if isinstance(each, ast.If | ast.While | ast.IfExp | ast.Assert))
                return any(isinstance(each, ast.Name) and each.id == name for test in tests for each in ast.walk(test))
    return function is not None


def _is_at(call: ast.Call, site: Site) -> bool:
    """Whether a site is that of a call: the recorder's spans what is called."""
    return any((each.end_lineno, each.end_col_offset) == (site.end_line, site.end_col) for each in (call.func, call))


def _of_requests(evidence: Evidence, first: int, last: int) -> Candidate | None:
    """The same for a request and a later one that came after it only because their client waited."""
    request = evidence.request_at(first) if evidence.requests else None
    if request is None or request != evidence.request_at(last):
        return None
    if evidence.locks_through(first, last) or not evidence.can_run_between(first, last, first):
        return None
    if _written_again(evidence, first, last) or _only_accumulated(evidence, last) or _accumulates(evidence, first):
        return None
    location = int(evidence.table.location[first])
    for other in evidence.rows_at(int(evidence.table.site[first])).tolist():
        alike = int(evidence.table.location[other]) == location and not same_scalar(evidence, first, other)
        if alike and other > last and evidence.request_at(other) not in (None, request):
            candidate = Candidate(Pattern.WRITE_WRITE_READ, "atomicity_violation", first, last, (other,), "data")
            return candidate.lowered("latent", ONE_CLIENT, worth_forcing=True)
    return None


def _asserted(evidence: Evidence, row: int) -> bool:
    """Whether a test expects the other actor's value there: an `assert` that held."""
    site = evidence.facts.sites.get(abs(int(evidence.table.site[row])))
    if site is None:
        return False
    function = evidence.facts.functions[site.function]
    held = any(isinstance(node, ast.Assert) for node in evidence.texts.around(function.path, site.line))
    failed = {each.site for each in evidence.facts.exceptions if each.type.endswith("AssertionError")}
    return held and not any(evidence.function_of(each) == function.id for each in failed)


def _written_again(evidence: Evidence, first: int, last: int) -> bool:
    table = evidence.table
    actor = int(table.actor[first])
    return any(bool(table.writes[row]) and int(table.actor[row]) == actor for row in range(first + 1, min(last, first + 200)))


def _accumulates(evidence: Evidence, row: int) -> bool:
    node = evidence.node(evidence.write_node(int(evidence.table.site[row])))
    return node is not None and (node.accumulates or int(evidence.table.op[row]) == 5)


def _only_accumulated(evidence: Evidence, row: int) -> bool:
    """Whether the read is that of `x += …` itself."""
    site = int(evidence.table.site[row])
    node = evidence.read_node(site)
    if node is None:
        return False
    graph = evidence.flow.graph
    place = evidence.flow.place(node)
    for write in graph.decided_writes(node):
        target = evidence.flow.place(write)
        if graph.nodes[write].accumulates and (target.line, target.name, target.shape) == (place.line, place.name, place.shape):
            return True
    return False
