"""Charts are rendered once at a time for each dashboard; the locks of dashboards nobody renders are dropped."""

import asyncio
import contextlib
from dataclasses import dataclass, field


@dataclass
class Turn:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class Turns:
    def __init__(self):
        self._turns = {}

    def __len__(self):
        return len(self._turns)

    @contextlib.asynccontextmanager
    async def hold(self, key):
        turn = self._turns.get(key)
        if turn is None:
            turn = self._turns[key] = Turn()
        turn.users += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.users -= 1
            if not turn.users:
                del self._turns[key]


class Renderer:
    def __init__(self):
        self.turns = Turns()
        self._revision = {}
        self.files = {}

    async def _draw(self, dashboard, chart):
        await asyncio.sleep(0.001)
        return f"<svg id='{dashboard}-{chart}'/>"

    async def render(self, dashboard, chart):
        async with self.turns.hold(dashboard):
            revision = self._revision.get(dashboard, 0)
            drawing = await self._draw(dashboard, chart)
            self._revision[dashboard] = revision + 1
            self.files.setdefault(dashboard, []).append(drawing)
            return revision

    def revisions(self):
        return dict(sorted(self._revision.items()))


async def viewer(renderer, dashboard, *charts):
    return [await renderer.render(dashboard, chart) for chart in charts]


async def main():
    renderer = Renderer()
    await asyncio.gather(
        viewer(renderer, "sales", "month", "year"),
        viewer(renderer, "sales", "region"),
        viewer(renderer, "traffic", "hour"),
    )
    return renderer.revisions(), sum(len(files) for files in renderer.files.values()), len(renderer.turns)
