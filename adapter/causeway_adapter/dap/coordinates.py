"""Lines and columns as the client counts them.

The engine counts lines from 1 and columns from 1 in UTF-8 bytes of the line; clients choose 0 or 1 for each
(`initialize`), and count columns in UTF-16 code units.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Coordinates:
    """The client's way of counting."""

    first_line: int = 1
    first_column: int = 1

    def line_in(self, line: int) -> int:
        """The engine's line for the client's."""
        return line - self.first_line + 1

    def line_out(self, line: int) -> int:
        """The client's line for the engine's. A place without a line (0) stays 0."""
        return line - 1 + self.first_line if line > 0 else 0

    def column_out(self, column: int, text: str = "") -> int:
        """The client's column for the engine's; `text` is the line, needed to count UTF-16 units right beyond ASCII."""
        if column <= 0:
            return 0
        before = text.encode("utf-8", "replace")[: column - 1].decode("utf-8", "ignore")
        beyond = max(0, column - 1 - len(text.encode("utf-8", "replace")))
        return len(before.encode("utf-16-le")) // 2 + beyond + self.first_column


def utf16_to_index(text: str, units: int) -> int:
    """The index in `text` that lies `units` UTF-16 code units from its start, at most its length."""
    seen = 0
    for index, letter in enumerate(text):
        if seen >= units:
            return index
        seen += 2 if ord(letter) > 0xFFFF else 1
    return len(text)
