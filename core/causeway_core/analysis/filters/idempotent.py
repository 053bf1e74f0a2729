"""Work that may be done twice without harm."""

from __future__ import annotations

import ast

from causeway_core.analysis.candidate import Candidate, Pattern, Verdict
from causeway_core.analysis.evidence import LOOK_BACK, Evidence
from causeway_core.analysis.evidence.table import WRITE
from causeway_core.analysis.filters.unchanged import effects_of, same_scalar
from causeway_core.analysis.flow.graph import Node
from causeway_core.model import ValueKind

PURE = frozenset(
    {
        "abs",
        "all",
        "any",
        "bool",
        "bytes",
        "chr",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "format",
        "frozenset",
        "int",
        "isinstance",
        "join",
        "len",
        "list",
        "lower",
        "map",
        "max",
        "min",
        "ord",
        "range",
        "replace",
        "repr",
        "reversed",
        "round",
        "set",
        "sorted",
        "split",
        "str",
        "strip",
        "sum",
        "tuple",
        "upper",
        "zip",
        "copy",
        "deepcopy",
        "encode",
        "decode",
        "hexdigest",
        "sha256",
        "md5",
        "compile",
        "get",
        "items",
        "keys",
        "values",
    }
)
"""Functions whose result depends on their arguments alone."""

_MUTABLE = ("builtins.list", "builtins.dict", "builtins.set", "builtins.bytearray", "collections.", "list", "dict", "set")


def idempotent(candidate: Candidate, evidence: Evidence) -> Verdict | None:
    """Lowers a fill (`if key not in cache: cache[key] = …`) that two actors may both do with the same result. A computed value with nothing else
    behind the check, or only a counter beside it, is a hint. A value fetched or built elsewhere is latent: it is harmless only if both results are
    the same. A constant marks something as done once: with an effect behind the check, the candidate stays. So does an object with identity.
    """
    if candidate.pattern not in (Pattern.READ_WRITE_WRITE, Pattern.CLONE) or candidate.dependence != "control":
        return None
    table, last, other = evidence.table, candidate.last, candidate.others[0]
    written = evidence.node(evidence.write_node(int(table.site[last])))
    if int(table.op[last]) != WRITE or written is None or written.accumulates or _builds_on_itself(candidate, evidence):
        return None
    if candidate.pattern is Pattern.READ_WRITE_WRITE and not same_scalar(evidence, last, other):
        return None
    effects = [evidence.flow.graph.nodes[node] for node in effects_of(candidate, evidence)]
    if _in_comprehension(candidate, evidence) or _one_of_several(candidate, evidence):
        return None
    if any(not effect.accumulates for effect in effects) or (effects and (written.constant or _counted_in(candidate, evidence, effects))):
        return None
    if int(table.vk[last]) == ValueKind.OBJECT and not _settled_container(evidence, last):
        return None
    if not _pure(candidate, evidence):
        return Verdict("latent", "at worst it is filled twice, which is harmless if both results are the same")
    return Verdict("hint", "at worst it is filled twice, with the same value")


def _in_comprehension(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether the check reads an attribute of every object in an expression, and the write is not made there."""
    table, facts = evidence.table, evidence.facts
    site, place = facts.sites.get(abs(int(table.site[candidate.first]))), facts.locations[int(table.location[candidate.first])]
    if site is None or place.kind != "attribute":
        return False
    function = evidence.texts.function(facts.functions[site.function].path, site.line)
    through = (node for node in ast.walk(function) if isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp)) if function is not None else ()
    looks = (part for node in through for part in ast.walk(node) if isinstance(part, ast.Attribute))
    return any((part.attr, part.lineno, part.end_lineno) == (site.name, site.line, site.end_line) for part in looks)


def _one_of_several(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether the check read this attribute of several objects before the actor wrote that of one.

    Another actor that reads them all would write that of a different object (write skew), not this one a second time.
    """
    table, first, last = evidence.table, candidate.first, candidate.last
    looked: set[int] = set()
    for row in reversed(evidence.rows_of(int(table.actor[first]), 0, int(table.order[last]) - 1, last=LOOK_BACK)):
        if table.site[row] == table.site[last]:
            break
        if table.site[row] == table.site[first] and evidence.atomic_unit(row) == evidence.atomic_unit(first):
            looked.add(int(table.location[row]))
    return len(looked) > 1


def _builds_on_itself(candidate: Candidate, evidence: Evidence) -> bool:
    """Whether the value written was computed from the location itself."""
    node = evidence.write_node(int(evidence.table.site[candidate.last]))
    assert node is not None
    place = evidence.flow.place(node)
    for origin, how in evidence.flow.graph.origins(node).items():
        source = evidence.flow.place(origin)
        if how == "data" and source.name == place.name and source.shape == place.shape and source.shape != "name":
            return True
    return False


def _counted_in(candidate: Candidate, evidence: Evidence, effects: list[Node]) -> bool:
    """Whether the value written is computed from what the effects change: then it differs each time."""
    changed = {effect.place.name for effect in effects if effect.place is not None}
    node = evidence.write_node(int(evidence.table.site[candidate.last]))
    assert node is not None
    return any(how == "data" and evidence.flow.place(origin).name in changed for origin, how in evidence.flow.graph.origins(node).items())


def _pure(candidate: Candidate, evidence: Evidence) -> bool:
    node = evidence.write_node(int(evidence.table.site[candidate.last]))
    assert node is not None
    calls = (evidence.flow.place(origin) for origin, how in evidence.flow.graph.origins(node).items() if how == "data")
    return all(place.name in PURE for place in calls if place.shape == "call")


def _settled_container(evidence: Evidence, row: int) -> bool:
    """Whether the written object is a built-in container that nothing changed afterwards."""
    value = evidence.value(row) or ""
    if not value.startswith("<") or not value[1:].startswith(_MUTABLE):
        return False
    identity = value.rpartition("#")[2].rstrip(">")
    if not identity.isdecimal():
        return False
    return not evidence.changed_after(int(identity), int(evidence.table.order[row]))
