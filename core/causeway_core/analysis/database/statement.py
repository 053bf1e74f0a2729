"""What an SQL statement does, as far as its text tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_SET = re.compile(r"\bset\b(.*?)(?:\bwhere\b|\breturning\b|$)", re.IGNORECASE | re.DOTALL)
_LIST = re.compile(r"\s*select\s+(.*?)\s+from\b", re.IGNORECASE | re.DOTALL)
_WHERE = re.compile(r"\bwhere\b(.*?)(?:\breturning\b|\border by\b|\blimit\b|$)", re.IGNORECASE | re.DOTALL)
_LITERAL = re.compile(r"\s*(?:'[^']*'|-?\d+(?:\.\d+)?|null|true|false)\s*", re.IGNORECASE)
_COMPARISON = re.compile(r"(?:<=|>=|<>|!=|=|<|>|\bis\b|\bin\b|\bbetween\b|\blike\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """`verb` in capitals. `relative`: every column it sets is computed from itself. `checked`: its WHERE compares more than one thing.
    `selected`: the columns that a SELECT gives, None if that is not said by name. `constants`: the columns that are set to a literal. `replaces`: an
    upsert that puts what it is given in the place of what is there, unasked.
    """

    verb: str
    relative: bool
    checked: bool
    upserts: bool
    selected: frozenset[str] | None = None
    constants: frozenset[str] = frozenset()
    replaces: bool = False


@lru_cache(maxsize=4096)
def parse(text: str) -> Statement:
    """Reads a statement. Not a parser: quotes and nesting may mislead it, and then it errs on the side of an unprotected write."""
    words = text.split(None, 1)
    verb = words[0].upper() if words else ""
    where = _WHERE.search(text)
    checked = where is not None and len(_COMPARISON.findall(where[1])) > 1
    lowered = text.lower()
    upserts = "on conflict" in lowered or "insert or" in lowered or verb == "REPLACE"
    assigned = _assigned(text)
    relative = bool(assigned) and all(re.search(rf"\b{re.escape(column)}\b", value) for column, value in assigned)
    constants = frozenset(column.lower() for column, value in assigned if _LITERAL.fullmatch(value))
    selected = _selected(text) if verb == "SELECT" else None
    return Statement(verb, relative, checked, upserts, selected, constants, replaces=upserts and _replaces(lowered, assigned))


def _replaces(text: str, assigned: list[tuple[str, str]]) -> bool:
    """Whether an upsert (in small letters) gives a row that is there already other values, whatever they were: `SET n = excluded.n`."""
    if "on conflict" not in text:
        return "or replace" in text or text.lstrip().startswith("replace")
    kept = (re.search(rf"(?<!excluded\.)\b{re.escape(column.lower())}\b", value.lower()) for column, value in assigned)
    return "do update" in text and _WHERE.search(text) is None and not all(kept)


def _selected(text: str) -> frozenset[str] | None:
    names = _LIST.match(text)
    columns = [] if names is None else [part.strip().rpartition(".")[2].strip('"`[]').lower() for part in names[1].split(",")]
    return frozenset(columns) if columns and all(column.isidentifier() for column in columns) else None


def _assigned(text: str) -> list[tuple[str, str]]:
    """The columns that a statement sets, each with what to."""
    clause = _SET.search(text)
    if clause is None:
        return []
    assignments = [part.partition("=") for part in re.split(r",(?![^()]*\))", clause[1])]
    return [(column.strip().strip('"`[]').rpartition(".")[2], value) for column, equals, value in assignments if equals]
