"""Who is told of what servers' databases are used for: apart from the hooks of the drivers, which cost a program that has none of them too much."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

observer: Any = None
"""Told of connections, and of statements as they begin and end, while an order is in force (`order.databases.Databases`)."""
