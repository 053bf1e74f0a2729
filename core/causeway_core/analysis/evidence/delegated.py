"""Statements that a driver's own thread makes for a task: they count as the task's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from causeway_core.analysis.evidence.work_items import WorkItems
from causeway_core.storage.rows import Sql


def attributed_to_tasks(statements: Sequence[Sql], items: WorkItems) -> list[Sql]:
    """The statements; what a driver's thread makes is the submitter's, at the submission.

    An asynchronous driver over a synchronous one (aiosqlite) has a thread for each connection, in which only its own code runs. To the program it
    is the task that makes the statement, at its await.
    """
    return [_of_submitter(sql, items) for sql in statements]


def _of_submitter(sql: Sql, items: WorkItems) -> Sql:
    item = items.detached_at(sql.at)
    return sql if item is None or item.worker != sql.actor else replace(sql, at=item.submitted, actor=item.submitter)
