"""The statements that must exclude each other."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from causeway_core.fix.editing import Source, Span, awaits, walk
from causeway_core.fix.project import Project
from causeway_core.fix.target import Target


@dataclass(frozen=True, slots=True)
class Region:
    """Lines `first` to `last` of a function; `through` names the functions that it calls there where the accesses are theirs."""

    file: str
    function: str
    first: int
    last: int
    through: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"line {self.first}" if self.first == self.last else f"lines {self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Found:
    """A region found in its source."""

    region: Region
    source: Source
    function: cst.FunctionDef
    span: Span

    def awaits(self) -> bool:
        """Whether something is awaited within."""
        return any(awaits(each) for each in self.span.statements)

    def enclosing(self) -> list[cst.With]:
        """The `with` statements around the whole region, outermost first."""
        ends = (self.region.first, self.region.last)
        return [each for each in walk(self.function) if isinstance(each, cst.With) and all(self.source.covers(each.body, line) for line in ends)]

    def inner(self) -> list[cst.With]:
        """The `with` statements within the region."""
        return [each for statement in self.span.statements for each in (statement, *walk(statement)) if isinstance(each, cst.With)]


def regions_of(target: Target, project: Project) -> list[Region] | None:
    """The window and, in other functions, all uses of the resource; None if no function of the file has both ends, or calls what has."""
    mine = _window(target, project)
    if mine is None:
        return None
    found = {(mine.file, mine.function): mine}
    for place in target.others:
        key = (place.file, place.function)
        if place.file == mine.file and _last_name(place.function) in mine.through:
            continue  # its caller holds the lock already, and would wait for itself
        known = found.get(key)
        if known is None:
            source = project.source(place.file)
            function = source.function(place.function)
            first, last = source.mentions(function, target.attribute, place.line) if function is not None else (place.line, place.line)
            found[key] = Region(place.file, place.function, first, last)
        else:
            found[key] = Region(place.file, place.function, min(known.first, place.line), max(known.last, place.line))
    return list(found.values())


def _window(target: Target, project: Project) -> Region | None:
    first, last = target.first, target.last
    if (first.file, first.function) == (last.file, last.function):
        return Region(first.file, first.function, min(first.line, last.line), max(first.line, last.line))
    if first.file != last.file:
        return None
    source = project.source(first.file)
    for name in (last.function, first.function, *source.functions()):
        function = source.function(name)
        if function is None:
            continue
        starts = [first.line] if name == first.function else source.calls(function, _last_name(first.function))
        ends = [last.line] if name == last.function else source.calls(function, _last_name(last.function))
        if starts and ends and min(starts) <= max(ends):
            through = tuple(_last_name(each.function) for each in (first, last) if each.function != name)
            return Region(first.file, name, min(starts), max(ends), through)
    return None


def _last_name(function: str) -> str:
    return function.rpartition(".")[2]


def find(regions: list[Region], project: Project) -> list[Found] | None:
    """The regions in fresh trees, one tree a file; None if one is not there or suspends half-way (`yield`)."""
    sources: dict[str, Source] = {}
    result: list[Found] = []
    for region in regions:
        source = sources.setdefault(region.file, project.source(region.file))
        function = source.function(region.function)
        span = source.span(function, region.first, region.last) if function is not None else None
        if function is None or span is None:
            return None
        if any(isinstance(each, cst.Yield) for statement in span.statements for each in walk(statement)):
            return None
        result.append(Found(region, source, function, span))
    return result
