"""Tokens of SQL, by dialect."""

from __future__ import annotations

import re
from typing import NamedTuple

_SPACE = r"\s+|--[^\n]*|/\*.*?(?:\*/|\Z)"
_NUMBER = r"0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
_CAST = (
    r"::\s*(?:\"[^\"]*\"|[^\W\d]\w*)(?:\.(?:\"[^\"]*\"|[^\W\d]\w*))?"
    r"(?:\s+(?:varying|precision|with(?:out)?\s+time\s+zone)\b)?(?:\(\d+(?:,\s*\d+)?\))?(?:\[\d*\])*"
)


def _pattern(space: str, string: str, quoted: str, parameter: str) -> re.Pattern[str]:
    kinds = (
        ("space", space), ("string", string), ("quoted", quoted), ("number", _NUMBER), ("parameter", parameter), ("word", r"[^\W\d][\w$]*"),
        ("operator", r"<=|>=|<>|!=|==|\|\||->>?|<<|>>|."),
    )  # fmt: skip
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in kinds), re.DOTALL)


class Dialect(NamedTuple):
    """The syntax in which database systems differ; `name` as in a record's `system`."""

    name: str
    pattern: re.Pattern[str]


SQLITE = Dialect(
    "sqlite",
    _pattern(
        _SPACE,
        r"[xX]?'(?:[^']|'')*(?:'|\Z)",
        r"\"(?:[^\"]|\"\")*(?:\"|\Z)|`(?:[^`]|``)*(?:`|\Z)|\[[^\]]*(?:\]|\Z)",
        r"\?\d*|[:@$][A-Za-z_]\w*",
    ),
)
_POSTGRES_STRING = r"[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z)|[xXbBnN]?'(?:[^']|'')*(?:'|\Z)|\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z)"
_POSTGRES_QUOTED = r"\"(?:[^\"]|\"\")*(?:\"|\Z)"
POSTGRES = Dialect("postgresql", _pattern(f"{_SPACE}|{_CAST}", _POSTGRES_STRING, _POSTGRES_QUOTED, r"\$\d+"))
"""PostgreSQL with the parameters of the server: `$1`. A cast (`::type`) does not affect what is read or written: it counts as space."""
PYFORMAT = Dialect("postgresql", _pattern(f"{_SPACE}|{_CAST}", _POSTGRES_STRING, _POSTGRES_QUOTED, r"%\([^)]*\)[sbt]|%[sbt]"))
"""PostgreSQL with the parameters of psycopg: `%s`, `%(name)s`."""

MAX_TOKENS = 2000


class Token(NamedTuple):
    """`kind`: string, quoted, number, parameter, word or operator · `text` as written · `upper`: of a word, else the text · `depth` of parentheses
    around it."""

    kind: str
    text: str
    upper: str
    start: int
    end: int
    depth: int

    @property
    def name(self) -> str:
        """The identifier that a word or a quoted name stands for, in lower case where case does not matter."""
        return self.text.lower() if self.kind == "word" else self.text[1:-1].lower()

    @property
    def is_name(self) -> bool:
        """Whether this token can be an identifier."""
        return self.kind in ("word", "quoted")


def tokens(statement: str, dialect: Dialect = SQLITE) -> list[Token]:
    """The tokens of a statement, at most 2,000; never raises."""
    found: list[Token] = []
    depth = 0
    for match in dialect.pattern.finditer(statement):
        kind = match.lastgroup or "operator"
        if kind == "space":
            continue
        text = match.group()
        if text == ")":
            depth -= 1
        found.append(Token(kind, text, text.upper() if kind == "word" else text, match.start(), match.end(), depth))
        if text == "(":
            depth += 1
        if len(found) == MAX_TOKENS:
            break
    return found


def literal(token: Token) -> str | int | float | None:
    """The value of a string or number, None for other tokens and blobs."""
    if token.kind == "string" and token.text[0] == "'":
        return token.text[1:-1].replace("''", "'")
    if token.kind == "number":
        try:
            return int(token.text, 0)
        except ValueError:
            return float(token.text) if token.text[:2].lower() != "0x" else None
    return None
