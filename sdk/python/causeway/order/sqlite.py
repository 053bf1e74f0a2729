"""Statements for SQLite under an order: a thread that is held because of a place that it has passed makes no further statement, not even an unnamed
one.

A thread that may be held from its start continues with statements that the order does not name: others may look for what it inserts. So does a thread
in a transaction, because others would wait for its locks.
"""

from __future__ import annotations

from causeway import _tap
from causeway.hooks.late import on_import

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from causeway.order.ordering import Ordering
    from causeway.order.patches import Patches


class _InForce:
    """The order that statements of this process consult; the hooks themselves stay installed."""

    forcing: Ordering | None = None


def install(forcing: Ordering, patches: Patches) -> None:
    """Statements consult `forcing` from here on, until `patches` are undone."""
    _InForce.forcing = forcing
    on_import("_sqlite3", _hook)
    patches.also(_forget)


def _forget() -> None:
    _InForce.forcing = None


def _hook(module: ModuleType) -> None:
    connection, cursor = module.Connection, module.Cursor
    in_transaction, connection_of = vars(connection)["in_transaction"].__get__, vars(cursor)["connection"].__get__

    def begins(self: Any, args: Any, kwargs: Any) -> None:
        forcing = _InForce.forcing
        if forcing is None:
            return
        try:
            inside = in_transaction(self if isinstance(self, connection) else connection_of(self))
        except Exception:  # it is closed, or was never opened: the statement is about to fail
            return
        if not inside:
            forcing.wait_before_change()

    for owner in (connection, cursor):
        for name in ("execute", "executemany", "executescript"):
            _tap.patch_method(owner, name, begins, None, True)
