"""All patches for a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from causeway_core.fix.add_lock import add_lock
from causeway_core.fix.atomic_sql import atomic_sql
from causeway_core.fix.await_first import await_first
from causeway_core.fix.copy_iteration import copy_iteration
from causeway_core.fix.lock_order import lock_order
from causeway_core.fix.lock_rows import lock_rows
from causeway_core.fix.patch import Patch
from causeway_core.fix.project import Project
from causeway_core.fix.recheck import recheck
from causeway_core.fix.target import Target, target_of
from causeway_core.fix.widen_lock import widen_lock

FIXES: tuple[Callable[[Target, Project], Iterator[Patch]], ...] = (
    copy_iteration, atomic_sql, lock_rows, await_first, widen_lock, recheck, add_lock,
)  # fmt: skip
"""In order of preference: what takes nothing from concurrency, then what uses a lock that is there, then a new one. For a
deadlock there is `lock_order` alone."""
FIXES_OF_PROCESSES = (atomic_sql, add_lock)
"""Where the sides run in different processes: no lock of threads keeps one out of the other, and no step is one for both."""


def candidates(finding: Mapping[str, Any], sources: Mapping[str, str]) -> tuple[Patch, ...]:
    """Patches for a finding of schema causeway.findings/1, the preferred one first; `sources` are texts by path as the finding names them.

    Each stands for itself, parses, and is sound by its kind's conditions, but only a re-run proves it. Raises FindingUnusable if the finding
    names no places or a source is missing or does not parse.
    """
    target = target_of(finding)
    fixes = (lock_order,) if target.kind == "deadlock" else FIXES_OF_PROCESSES if target.processes else FIXES
    found: dict[tuple[tuple[str, str, str], ...], Patch] = {}
    for fix in fixes:
        for patch in fix(target, Project(sources)):
            found.setdefault(patch.files, patch)
    return tuple(found.values())
