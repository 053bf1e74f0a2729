"""A text cut where its top-level statements begin, so that after a keystroke only the piece around it is parsed again."""

from __future__ import annotations

import re
from functools import lru_cache

from causeway_adapter.lsp.parsed import parsed

_CUT = re.compile(r"(?<=\n\n)(?=[^\s)\]}])")
"""After an empty line, before something at the margin."""
_MOST_JOINED = 6
_KEPT = 8192
"""Pieces; a large file has some hundred."""


def long_strings(text: str) -> tuple[tuple[int, int], ...] | None:
    """The first and last line (from 1) of each string that goes over several lines; None for what does not parse. Lines end at LF.

    Pieces that parse one by one are together what the whole is: each ends outside of every string, bracket and block. A piece that does not parse,
    because a string or a statement goes on in the next (`else:` after an empty line), is joined with the next; where that does not help the whole
    text is parsed.
    """
    found: list[tuple[int, int]] = []
    pieces, begun, line = _CUT.split(text), 0, 0
    while begun < len(pieces):
        for end in range(begun + 1, min(begun + _MOST_JOINED, len(pieces)) + 1):
            piece = "".join(pieces[begun:end])
            within = _within(piece)
            if within is not None:
                break
        else:
            whole = parsed(text)
            return whole.long_strings if whole is not None else None
        found += [(line + first, line + last) for first, last in within]
        line += piece.count("\n")
        begun = end
    return tuple(found)


@lru_cache(_KEPT)
def _within(piece: str) -> tuple[tuple[int, int], ...] | None:
    """The long strings of a piece, None where it does not parse alone."""
    # Not through its cache, which is for whole texts.
    known = parsed.__wrapped__(piece)
    return known.long_strings if known is not None else None
