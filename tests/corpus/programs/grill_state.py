"""A grill's state is told to subscribers under the lock of the api; the panel that shows it has a lock of its own."""

import asyncio


class Api:
    def __init__(self):
        self._lock = asyncio.Lock()
        self._state = {}
        self._subscribers = []

    def subscribe(self, callback):
        self._subscribers.append(callback)

    async def get_state(self):
        async with self._lock:
            return dict(self._state)

    async def on_state_received(self, **values):
        async with self._lock:
            self._state.update(values)
            for callback in self._subscribers:
                await callback(self._state)


class Panel:
    def __init__(self, api):
        self._api = api
        self._lock = asyncio.Lock()
        self.shown = {}
        api.subscribe(self.show)

    async def show(self, state):
        async with self._lock:
            await asyncio.sleep(0.001)
            self.shown = dict(state)

    async def refresh(self):
        async with self._lock:
            await asyncio.sleep(0.001)
            self.shown = await self._api.get_state()


async def device(api):
    await api.on_state_received(grill=210)
    await asyncio.sleep(0.003)
    await api.on_state_received(grill=215, probe=60)


async def user(panel):
    await asyncio.sleep(0.06)
    await panel.refresh()


async def main():
    api = Api()
    panel = Panel(api)
    await asyncio.gather(device(api), user(panel))
    assert panel.shown == {"grill": 215, "probe": 60}, panel.shown
    return panel.shown


if __name__ == "__main__":
    print(asyncio.run(main()))
