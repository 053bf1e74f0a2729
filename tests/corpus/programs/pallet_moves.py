"""Pallets are moved between the bays of a store; a move keeps both bays it touches to itself."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Bay:
    name: str
    pallets: list[str] = field(default_factory=list)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Store:
    def __init__(self, *bays: Bay) -> None:
        self._bays = {bay.name: bay for bay in bays}
        self.driven = 0

    @asynccontextmanager
    async def keeping(self, *names: str):
        """The bays of these names, in this order; their locks are taken in the order of the alphabet."""
        async with AsyncExitStack() as stack:
            for name in sorted(set(names)):
                await stack.enter_async_context(self._bays[name].lock)
            yield [self._bays[name] for name in names]

    async def move(self, pallet: str, source: str, target: str) -> None:
        async with self.keeping(source, target) as (here, there):
            rest = [kept for kept in here.pallets if kept != pallet]
            await self._drive()
            here.pallets = rest
            there.pallets = [*there.pallets, pallet]

    async def _drive(self) -> None:
        self.driven += 1
        await asyncio.sleep(0.005)

    async def inventory(self) -> dict[str, list[str]]:
        async with self.keeping(*self._bays) as bays:
            return {bay.name: sorted(bay.pallets) for bay in bays}


async def main() -> tuple:
    store = Store(Bay("A", ["rice-1", "rice-2"]), Bay("B", ["tea-1", "tea-2"]), Bay("C", ["salt-1", "salt-2"]))
    moves = [("rice-1", "A", "B"), ("tea-1", "B", "A"), ("salt-1", "C", "A"), ("tea-2", "B", "C")]
    async with asyncio.TaskGroup() as group:
        for move in moves:
            group.create_task(store.move(*move))
    return await store.inventory(), store.driven
