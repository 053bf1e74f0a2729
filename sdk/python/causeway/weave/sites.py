"""The site table of one module: the places of the source that its taps refer to."""

from dataclasses import dataclass, field
from typing import Any

TapRow = tuple[str, int, Any, int]
"""What `_tap.make` is called with: kind, site (relative to the table's base), name or names, and site2 (bit 0: a global; above it: how far
away the site of a LINE is that follows)."""

PREFIX = "\0cw:"
"""Starts a placeholder constant; the number of a tap row follows. Not an identifier, so the compiler does not intern it."""


@dataclass(slots=True)
class SiteTable:
    """Sites, functions and tap rows collected while a module is woven; numbered from 0 in the order they are added."""

    path: str
    module: str
    source: bytes
    functions: list[tuple[str, int, int, str, list[str]]] = field(default_factory=list)
    sites: list[tuple[str, int, int, int, int, str | None, int]] = field(default_factory=list)
    taps: list[TapRow] = field(default_factory=list)

    def function(self, qualname: str, first: int, last: int, kind: str, names: list[str]) -> int:
        """Adds a function and returns its index."""
        self.functions.append((qualname, first, last, kind, names))
        return len(self.functions) - 1

    def site(self, kind: str, node: Any, name: str | None, function: int) -> int:
        """Adds the place of an AST node and returns its number."""
        # Nodes that pytest's rewriting of asserts made have no end.
        end_line, end_col = getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None)
        if end_line is None or end_col is None:
            end_line, end_col = node.lineno, node.col_offset
        self.sites.append((kind, node.lineno, end_line, node.col_offset, end_col, name, function))
        return len(self.sites) - 1

    def tap(self, kind: str, site: int, name: Any = None, site2: int = 0) -> str:
        """Adds a tap row and returns its placeholder constant."""
        self.taps.append((kind, site, name, site2))
        return f"{PREFIX}{len(self.taps) - 1}"

    def line_after(self, row: int, node: Any, function: int) -> None:
        """Makes tap `row` write the LINE of `node` after its own record: what it ends is followed by nothing else."""
        kind, site, name, site2 = self.taps[row]
        self.taps[row] = (kind, site, name, site2 | (self.site("line", node, None, function) - site) << 1)

    def to_json(self, text: str) -> bytes:
        """The table as SPEC section 5 wants it; `text` is the decoded source."""
        import json
        from hashlib import sha256

        table = {
            "format": 1,
            "path": self.path,
            "module": self.module,
            "hash": sha256(self.source).hexdigest(),
            "source": text,
            "functions": self.functions,
            "sites": self.sites,
        }
        return json.dumps(table, separators=(",", ":")).encode("utf-8", "surrogatepass")
