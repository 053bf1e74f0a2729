"""Bulk columns of the access table, for analysis of millions of accesses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from causeway_core.errors import DamagedRecording

ACCESS_OPS = ("read", "write", "delete", "test", "iterate", "mutate")
"""`AccessColumns.op` holds indices into this."""

_NAMES = ("at", "actor", "step", "location", "op", "site", "vk")


@dataclass(frozen=True, slots=True)
class AccessColumns:
    """The access table without values, in order of id; `row` n of each array has access.id n + 1."""

    at: NDArray[np.int64]
    actor: NDArray[np.int64]
    step: NDArray[np.int64]
    location: NDArray[np.int64]
    op: NDArray[np.int64]
    site: NDArray[np.int64]
    vk: NDArray[np.int64]


def integers(rows: Iterable[tuple[int, ...]], width: int) -> NDArray[np.int64]:
    """Rows of `width` whole numbers as one array of that many columns."""
    try:
        return np.fromiter(rows, np.dtype((np.int64, width))).view(np.int64).reshape(-1, width)
    except (TypeError, ValueError, OverflowError) as error:
        raise DamagedRecording(f"a column that should hold whole numbers does not: {error}", "the recording's file was changed or torn") from error


def read_access_columns(database: sqlite3.Connection) -> AccessColumns:
    """Reads the access table; about a second for a million rows."""
    cases = " ".join(f"WHEN '{op}' THEN {code}" for code, op in enumerate(ACCESS_OPS))
    rows = integers(database.execute(f"SELECT at, actor, step, location, CASE op {cases} END, site, vk FROM access ORDER BY id"), len(_NAMES))
    return AccessColumns(**{name: np.ascontiguousarray(rows[:, i]) for i, name in enumerate(_NAMES)})
