"""A layout renders components on an executor and takes the finished ones from an asyncio queue."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


class Component:
    def __init__(self, key, children=()):
        self.key = key
        self.children = list(children)

    def render(self):
        inner = "".join(child.render() for child in self.children)
        return f"<{self.key}>{inner}</{self.key}>"


class Layout:
    def __init__(self, pool):
        self._pool = pool
        self._rendered = asyncio.Queue()
        self.pending = 0

    def update(self, component):
        self.pending += 1
        future = self._pool.submit(component.render)
        future.add_done_callback(self._on_rendered)

    def _on_rendered(self, future):
        self._rendered.put_nowait(future.result())

    async def frames(self):
        while self.pending:
            yield await self._rendered.get()
            self.pending -= 1


async def paint(pool):
    layout = Layout(pool)
    layout.update(Component("nav", [Component("a"), Component("b")]))
    layout.update(Component("main", [Component("p")]))
    await asyncio.sleep(0.15)
    return sorted([frame async for frame in layout.frames()])


def main():
    with ThreadPoolExecutor(max_workers=2) as pool:
        return asyncio.run(paint(pool))
