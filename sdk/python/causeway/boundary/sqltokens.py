"""Tokens of SQL, as far as all dialects agree."""

from __future__ import annotations

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
  | (?P<string>[xX]?'(?:[^']|'')*(?:'|\Z))
  | (?P<quoted>"(?:[^"]|"")*(?:"|\Z)|`(?:[^`]|``)*(?:`|\Z)|\[[^\]]*(?:\]|\Z))
  | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<parameter>\?\d*|[:@$][A-Za-z_]\w*)
  | (?P<word>[^\W\d][\w$]*)
  | (?P<operator><=|>=|<>|!=|==|\|\||->>?|<<|>>|.)
    """,
    re.VERBOSE | re.DOTALL,
)

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
        """Whether this can be an identifier."""
        return self.kind in ("word", "quoted")


def tokens(statement: str) -> list[Token]:
    """The tokens of a statement, at most 2,000; never raises."""
    found: list[Token] = []
    depth = 0
    for match in _TOKEN.finditer(statement):
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
