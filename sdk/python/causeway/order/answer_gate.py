"""Holds tasks between the answer of a database and what they do with it."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterable, Iterator
    from typing import Any

    from causeway.order.document import Place
    from causeway.order.forcing import Forcing


class AnswerGate:
    """Replaces what a task awaits or enters (`async with`) and what answers a statement of some places.

    The task continues with the answer when the order allows, as if the loop had resumed it later.
    """

    def __init__(self, forcing: Forcing, awaited: Any, places: Iterable[Place]) -> None:
        self._forcing, self._awaited, self._places = forcing, awaited, places

    def __await__(self) -> Iterator[Any]:
        return self._answer(self._awaited).__await__()

    def __aenter__(self) -> Awaitable[Any]:
        return self._answer(type(self._awaited).__aenter__(self._awaited))

    def __aexit__(self, *raised: Any) -> Any:
        return type(self._awaited).__aexit__(self._awaited, *raised)

    def __aiter__(self) -> Any:
        return type(self._awaited).__aiter__(self._awaited)

    async def _answer(self, awaited: Any) -> Any:
        result = await awaited
        while True:
            with self._forcing:
                continues = self._forcing.answer_arrived(self._places)
            if continues:
                return result
            await sys.modules["asyncio"].sleep(0)
