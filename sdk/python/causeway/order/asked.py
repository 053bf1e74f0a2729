"""Holds tasks between the answer of a database and what they do with it."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable
    from typing import Any

    from causeway.order.document import Place
    from causeway.order.forcing import Forcing


async def answered(forcing: Forcing, awaited: Awaitable[Any], places: Iterable[Place]) -> Any:
    """Wraps what a task awaits: the answer to a statement of these places. The task continues with it when the order allows, as if the loop had
    resumed it later."""
    result = await awaited
    while True:
        with forcing:
            goes_on = forcing.answered(places)
        if goes_on:
            return result
        await sys.modules["asyncio"].sleep(0)
