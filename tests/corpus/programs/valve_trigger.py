"""A simulated plant moves its valves; a test bench waits for the events of the plant.

After https://github.com/cocotb/cocotb/pull/4675
"""

import asyncio


class EventTrigger:
    def __init__(self, event):
        self._event = event

    def __await__(self):
        fired = asyncio.get_running_loop().create_future()
        self._event.attach(fired)
        return (yield from fired)


class NullTrigger:
    def __await__(self):
        return (yield from asyncio.sleep(0).__await__())


class PlantEvent:
    def __init__(self):
        self._fired = False
        self._pending = []

    def attach(self, future):
        self._pending.append(future)

    def is_set(self):
        return self._fired

    def set(self):
        self._fired = True
        pending, self._pending = self._pending, []
        for future in pending:
            if not future.done():
                future.set_result(None)

    def wait(self):
        return NullTrigger() if self._fired else EventTrigger(self)


class Valve:
    def __init__(self, name, travel):
        self.name = name
        self.closed = PlantEvent()
        self._travel = travel
        self.log = []

    async def command(self, text):
        """Sends a command and returns when the controller has taken it."""
        asyncio.get_running_loop().call_later(self._travel, self._arrived, text)
        await asyncio.sleep(0.01)
        self.log.append(f"{text} accepted")

    def _arrived(self, text):
        self.log.append(f"{text} finished")
        self.closed.set()


async def close_all(valves):
    for valve in valves:
        closed = valve.closed.wait()
        await valve.command("close")
        await closed


async def main():
    valves = [Valve("inlet", 0.08), Valve("outlet", 0.1)]
    await close_all(valves)
    return all(valve.closed.is_set() for valve in valves), sum(len(valve.log) for valve in valves)


if __name__ == "__main__":
    print(asyncio.run(main()))
