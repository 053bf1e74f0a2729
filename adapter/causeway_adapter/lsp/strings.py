"""Where the string literals of a text go over several lines."""

from __future__ import annotations

import re

from causeway_adapter.lsp.parsed import parsed

_TOKEN = re.compile(
    r"""
    (?P<before> [^\#"']*+ )
    (?: \#[^\n]*
    | \"{3} (?: [^"\\] | \\. | "(?!"") )*+ \"{3}
    | '{3} (?: [^'\\] | \\. | '(?!'') )*+ '{3}
    | (?P<open> \"{3} | '{3} )
    | " (?: [^"\\\n] | \\. )*+ "
    | ' (?: [^'\\\n] | \\. )*+ '
    | (?P<quote> ["'] )
    | \Z )
    """,
    re.VERBOSE | re.DOTALL,
)
"""The text up to the next comment or literal, and that. `open` and `quote` begin a literal that does not end."""


def long_strings(text: str) -> tuple[tuple[int, int], ...] | None:
    """The first and last line (from 1) of each string literal that goes over several lines, in order; None where that cannot be known, because a
    literal does not end. Lines end at LF.

    Nothing is parsed: that would cost 70 ms of CPU time for 2,000 lines, this costs 2 ms. Where a quote seems to be left over, which is so in
    f-strings that contain their own kind of quote (Python 3.12), the text is parsed; then strings that are written in several parts are one.
    """
    found: list[tuple[int, int]] = []
    line, at = 1, 0
    for token in _TOKEN.finditer(text):
        if token.lastgroup != "before":
            whole = parsed(text)
            return whole.long_strings if whole is not None else None
        begun = token.end("before")
        within = text.count("\n", begun, token.end())
        if within:
            line += text.count("\n", at, begun)
            found.append((line, line + within))
            line, at = line + within, token.end()
    return tuple(found)
