"""The observer of the use of database servers. It is not in the drivers' hooks, which would cost too much in a program without these drivers."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

observer: Any = None
"""Notified of connections, and of the begin and end of statements, while an order is in force (`order.databases.Databases`)."""
