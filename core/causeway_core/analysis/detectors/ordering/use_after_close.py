"""Use after close: an actor uses a library object that another actor closes, with or without checking a flag first.

What happens inside the object is not recorded. The name of the method called on it shows that it is closed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import numpy as np

from causeway_core.analysis.candidate import Candidate, Pattern
from causeway_core.analysis.evidence import Evidence
from causeway_core.analysis.partners import Partners

CLOSING = frozenset({"close", "aclose", "disconnect", "shutdown", "terminate"})
NEAR = 60
"""How far from the end of the object, in accesses of its actor, the flag is set."""
SAMPLE = 24


def uses_after_close(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """R[W]R candidates over two locations: an actor reads a flag and then uses the object; the other actor writes the flag and closes the object."""
    done: set[tuple[int, int]] = set()
    for closing, uses in _ends(evidence, partners):
        flags = _set_near(evidence, closing)
        for use in uses:
            sites = _sites(evidence, closing, use)
            if sites in done or not evidence.concurrent(closing, use):
                continue
            found = next(_looks(evidence, use, flags), None)
            if found is not None:
                done.add(sites)
                check, flag = found
                candidate = Candidate(Pattern.READ_WRITE_READ, "atomicity_violation", check, use, (flag,), "control")
                yield candidate.lowered("latent", "what the object does after it is closed is not known")


def closed_early(evidence: Evidence, partners: Partners) -> Iterator[Candidate]:
    """Uses of an object that another actor closes later, where nothing orders the two or decides about the use.

    Hints, for a re-run to confirm: the recording does not show who may use the object when, or what a use after close does.
    """
    done: set[tuple[int, int]] = set()
    for closing, uses in _ends(evidence, partners):
        for use in uses:
            sites = _sites(evidence, closing, use)
            if sites not in done and _by_chance_before(evidence, use, closing):
                done.add(sites)
                candidate = Candidate(Pattern.USE_AFTER_CLOSE, "order_violation", closing, closing, (use,))
                yield candidate.lowered("hint", "only a re-run can tell whether using the closed object fails")


def _ends(evidence: Evidence, partners: Partners) -> Iterator[tuple[int, Iterator[int]]]:
    """Each close of an object, with nearby calls of other methods on it by other actors, as rows."""
    table, methods = evidence.table, _Methods(evidence)
    for site in np.unique(table.site[~table.writes]).tolist():
        if methods.called_at(site) in CLOSING:
            for closing in evidence.rows_at(site)[:SAMPLE].tolist():
                near = partners.near(closing, closing, writes=False)
                yield closing, (use for use in near if methods.called_at(int(table.site[use])) not in (CLOSING | {""}))


def _sites(evidence: Evidence, closing: int, use: int) -> tuple[int, int]:
    return int(evidence.table.site[closing]), int(evidence.table.site[use])


def _by_chance_before(evidence: Evidence, use: int, closing: int) -> bool:
    """Whether a use came before the close of the same object only by chance and depends on no check."""
    table = evidence.table
    if table.order[use] > table.order[closing] or evidence.value(use) != evidence.value(closing) or not evidence.concurrent(closing, use):
        return False
    return not evidence.deciding_sites(use)


def _set_near(evidence: Evidence, closing: int) -> list[int]:
    """What the closing actor writes to other attributes in the same function."""
    table = evidence.table
    order, function = int(table.order[closing]), evidence.function_of(int(table.site[closing]))
    return [
        row
        for row in evidence.rows_of(int(table.actor[closing]), order - NEAR, order + NEAR)
        if table.writes[row] and evidence.function_of(int(table.site[row])) == function and int(table.location[row]) != int(table.location[closing])
    ]


def _looks(evidence: Evidence, use: int, flags: list[int]) -> Iterator[tuple[int, int]]:
    """The reads of one of these flags that allow the use, where the other actor can run in between."""
    table = evidence.table
    for check in evidence.latest(int(table.actor[use]), evidence.deciding_sites(use), int(table.order[use])):
        for flag in flags:
            if int(table.location[flag]) != int(table.location[check]) or table.writes[check] or not evidence.can_run_between(check, use, flag):
                continue
            if (
                not evidence.locks_through(check, use) & evidence.locks_at(flag)
                and evidence.concurrent(check, flag)
                and evidence.concurrent(use, flag)
            ):
                yield check, flag


class _Methods:
    """The method called on what a site reads, if that is an object of a class that was not recorded; or the function of a module that is given it
    first, as a descriptor is (`os.write(self.fd, data)`).
    """

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self._texts = evidence.texts
        self._by_file: dict[str, dict[tuple[int, int, int, int], str]] = {}
        self._own = {
            node.name
            for path in evidence.facts.sources
            if (tree := self._texts.tree(path))
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef)
        }

    def called_at(self, site: int) -> str:
        """The method's name, empty for anything else."""
        row = self._evidence.facts.sites.get(site)
        if row is None or row.kind != "attr" or self._is_own(site):
            return ""
        path = self._evidence.facts.functions[row.function].path
        if path not in self._by_file:
            self._by_file[path] = dict(self._calls(path))
        return self._by_file[path].get((row.line, row.col, row.end_line, row.end_col), "")

    def _calls(self, path: str) -> Iterator[tuple[tuple[int, int, int, int], str]]:
        nodes = list(ast.walk(tree)) if (tree := self._texts.tree(path)) is not None else []
        modules = {alias.asname or alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        for node in nodes:
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Attribute() as owner, attr=name)):
                    pass
                case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name), args=[ast.Attribute() as owner, *_]) if module in modules:
                    pass
                case _:
                    continue
            yield (owner.lineno, owner.col_offset, owner.end_lineno or 0, owner.end_col_offset or 0), name

    def _is_own(self, site: int) -> bool:
        rows = self._evidence.rows_at(site)
        value = self._evidence.value(int(rows[0])) if len(rows) else None
        return (value or "").lstrip("<").partition(" ")[0].rpartition(".")[2] in self._own
