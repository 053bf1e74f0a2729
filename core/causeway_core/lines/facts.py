"""What one recording says about one source file. Lines from 1, columns in UTF-8 bytes from 0, of the file as it ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from causeway_core.model import At


@dataclass(frozen=True, slots=True)
class Written:
    """One recorded write: the value as shown to people, who wrote it and where (`file` relative to the project where possible)."""

    text: str
    actor: str
    path: str
    file: str
    line: int
    function: str
    at: At


@dataclass(frozen=True, slots=True)
class History:
    """The newest writes of a name, oldest first, of `total` in the recording. Of an attribute: on whatever object."""

    name: str
    writes: tuple[Written, ...]
    total: int


@dataclass(frozen=True, slots=True)
class LastValue:
    """The last value that a place in the source wrote, `times` in all."""

    name: str
    text: str
    line: int
    col: int
    end_line: int
    end_col: int
    times: int
    at: At
    actor: str


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """How often a function ran, in how many actors (the first few by name), and why it ran the last time."""

    qualname: str
    kind: str
    line: int
    last_line: int
    runs: int
    actors: int
    named: tuple[str, ...]
    last_call: At | None
    why: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """Everything at hand about one file. `hits`: executions by line. `locals` by (first line of the function, name)."""

    path: str
    source: int
    functions: tuple[FunctionFacts, ...]
    hits: Mapping[int, int]
    values: tuple[LastValue, ...]
    attributes: Mapping[str, History]
    variables: Mapping[str, History]
    locals: Mapping[tuple[int, str], History]

    def function_at(self, line: int) -> FunctionFacts | None:
        """The innermost function, class body excepted, that a line belongs to."""
        around = [each for each in self.functions if each.line <= line <= each.last_line and each.kind not in ("module", "class")]
        return max(around, key=lambda each: each.line, default=None)

    def history(self, line: int, name: str, *, attribute: bool) -> History | None:
        """The writes of the name at a line: of an attribute after a dot, else of the local of an enclosing function, else of the global."""
        if attribute:
            return self.attributes.get(name)
        around = [each for each in self.functions if each.line <= line <= each.last_line]
        for function in sorted(around, key=lambda each: each.line, reverse=True):
            found = self.locals.get((function.line, name))
            if found is not None:
                return found
        return self.variables.get(name)
