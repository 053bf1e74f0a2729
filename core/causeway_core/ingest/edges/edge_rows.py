"""Edges while they are collected."""

from __future__ import annotations

from causeway_core.model.edge import EdgeKind

EdgeRow = tuple[int, int, EdgeKind, bool, int | None, str | None]
"""Columns of table `edge` less its id: src, dst, kind, hard, object, note."""


class EdgeRows:
    """Edges in the order in which they were found; the first of several between the same two events stays."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int], EdgeRow] = {}
        self._arrived: set[int] = set()

    def add(self, src: int, dst: int, kind: EdgeKind, *, hard: bool, object: int | None = None, note: str | None = None) -> None:
        """Adds an edge; a hard one replaces a soft one between the same events."""
        known = self._rows.get((src, dst))
        if known is None or (hard and not known[3]):
            self._rows[src, dst] = (src, dst, kind, hard, object, note)
            self._arrived.add(dst)

    def arrives(self, at: int) -> bool:
        """Whether an edge ends at this event."""
        return at in self._arrived

    def rows(self) -> list[EdgeRow]:
        """All edges, by cause."""
        return sorted(self._rows.values(), key=lambda row: row[:2])
