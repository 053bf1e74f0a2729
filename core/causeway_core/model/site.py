"""Places in the source as it ran."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A source file as it ran: absolute path, sha256 of its bytes. The text is fetched separately (`Recording.source_text`)."""

    id: int
    path: str
    hash: str


@dataclass(frozen=True, slots=True)
class Function:
    """A woven function, class body or module body. `kind` is one of module, function, coroutine, generator, async_generator, class, lambda."""

    id: int
    source: int
    path: str
    qualname: str
    kind: str
    first_line: int
    last_line: int
    locals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """A place where something is recorded: lines from 1, columns in UTF-8 bytes from 0. `kind` and `name`: sdk/SPEC.md section 5."""

    id: int
    function: int
    kind: str
    line: int
    end_line: int
    col: int
    end_col: int
    name: str | None
