"""A resource that is disposed of and replaced. If another actor replaces it in between, that actor's resource is never disposed of."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.evidence.table import WRITE
from causeway_core.analysis.partners import Partners
from causeway_core.analysis.source_text import FunctionNode, last_name, own_nodes
from causeway_core.analysis.windows import Windows
from causeway_core.model import Site

ENOUGH = 4
_DISPOSING = frozenset(
    {
        "abort", "aclose", "cancel", "cleanup", "close", "destroy", "detach", "disconnect", "dispose", "kill", "quit", "release", "shutdown",
        "stop", "terminate", "unlink", "unsubscribe",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Replacement:
    """Where a function reads what it disposes of, and the lines of the statement that stores the replacement."""

    looks: frozenset[int]
    puts: range


def replacements(evidence: Evidence, windows: Windows, partners: Partners) -> Iterator[Candidate]:
    """R[W]W candidates in which the write depends on nothing that was read, but the text disposes of the old value (`close()`, `cancel()` …) first.

    The other actor replaces the resource at the same place of the program.
    """
    texts = evidence.texts
    sites: defaultdict[int, list[Site]] = defaultdict(list)
    for site in evidence.facts.sites.values():
        if site.id > 0:
            sites[site.function].append(site)
    for function, own in sites.items():
        row = evidence.facts.functions[function]
        node = texts.function(row.path, own[0].line)
        for found in _replaced(node) if node is not None and row.kind in ("function", "coroutine") else ():
            yield from islice(_of_sites(evidence, windows, partners, found, own), ENOUGH)


def _of_sites(evidence: Evidence, windows: Windows, partners: Partners, found: _Replacement, sites: list[Site]) -> Iterator[Candidate]:
    table = evidence.table
    looks = [site.id for site in sites if site.line in found.looks]
    for put in [site.id for site in sites if site.line in found.puts]:
        for look in looks:
            if look == put or look in evidence.depends(put):
                continue
            for takes in (False, True):
                window = windows.between(look, put, "control", first_writes=takes)
                for first, last, struck in windows.sample(window) if window is not None else ():
                    if int(table.op[last]) != WRITE:
                        continue
                    for other in partners.near(first, last, writes=True, site=put):
                        inside = evidence.can_run_between(first, last, other) and not evidence.locks_through(first, last) & evidence.locks_at(other)
                        if inside and evidence.concurrent(first, other) and evidence.concurrent(last, other):
                            yield Candidate(
                                Pattern.READ_WRITE_WRITE, "atomicity_violation", first, last, (other,), "control", struck and first < other < last
                            )
                            break


def _replaced(function: FunctionNode) -> Iterator[_Replacement]:
    nodes = list(own_nodes(function))
    disposed = _disposed(nodes)
    for node in nodes:
        if not isinstance(node, ast.Assign) or isinstance(node.value, ast.Constant):
            continue
        for target in node.targets:
            text = ast.unparse(target)
            # One that is put there only where there was none is a check and an act, told elsewhere.
            looks = frozenset(line for line in disposed.get(text, ()) if line < node.lineno)
            if looks and isinstance(target, ast.Attribute | ast.Subscript | ast.Name):
                yield _Replacement(looks, range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _disposed(nodes: list[ast.AST]) -> dict[str, set[int]]:
    """The locations whose content is disposed of, as text, with the lines that read them."""
    named: dict[str, tuple[str, int]] = {}
    tests: defaultdict[str, set[int]] = defaultdict(set)
    for node in nodes:
        if isinstance(node, ast.Assign | ast.NamedExpr):
            bound = node.targets[0] if isinstance(node, ast.Assign) else node.target
            place = _place(node.value)
            if isinstance(bound, ast.Name) and place is not None:
                named[bound.id] = place, node.lineno
        elif isinstance(node, ast.If):
            for each in ast.walk(node.test):
                if isinstance(each, ast.Attribute | ast.Subscript | ast.Name):
                    tests[ast.unparse(each)].add(each.lineno)
    found: dict[str, set[int]] = {}
    for node in nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and last_name(node.func) in _DISPOSING):
            continue
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id in named:
            text, line = named[owner.id]
            found.setdefault(text, set()).add(line)
        elif (place := _place(owner)) is not None:
            found.setdefault(place, set()).update({node.lineno}, tests.get(place, ()))
    return found


def _place(value: ast.expr) -> str | None:
    """The location that an expression reads or removes, as text: `self.plan`, `self.open[name]`, also by `pop` and `get`."""
    match value:
        case ast.Attribute() | ast.Subscript() | ast.Name():
            return ast.unparse(value)
        case ast.Call(func=ast.Attribute(value=owner, attr="pop" | "get"), args=[key, *_]):
            return f"{ast.unparse(owner)}[{ast.unparse(key)}]"
    return None
