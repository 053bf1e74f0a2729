"""Edges while they are collected."""

from __future__ import annotations

from causeway_core.model.edge import EdgeKind

EdgeRow = tuple[int, int, EdgeKind, bool, int | None, str | None]
"""Columns of table `edge` less its id: src, dst, kind, hard, object, note."""


class EdgeRows:
    """Edges in the order in which they were found."""

    def __init__(self) -> None:
        self._rows: list[EdgeRow] = []

    def add(self, src: int, dst: int, kind: EdgeKind, *, hard: bool, object: int | None = None, note: str | None = None) -> None:
        """Adds an edge."""
        self._rows.append((src, dst, kind, hard, object, note))

    def arrivals(self) -> set[int]:
        """The events at which an edge ends."""
        return {row[1] for row in self._rows}

    def soften(self, pairs: frozenset[tuple[int, int]]) -> None:
        """The edges between these events have their direction only by chance."""
        if pairs:
            self._rows = [(*row[:3], row[3] and row[:2] not in pairs, *row[4:]) for row in self._rows]

    def rows(self) -> list[EdgeRow]:
        """All edges, by cause; between the same two events the first hard one, or else the first."""
        self._rows.sort(key=lambda row: (row[0], row[1], not row[3]))
        before, result = (-1, -1), []
        for row in self._rows:
            if row[:2] != before:
                before = row[:2]
                result.append(row)
        return result
