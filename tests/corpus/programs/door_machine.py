"""A door as an asynchronous state machine: a visitor closes it, and a timer closes it for whoever forgets."""

import asyncio


class Machine:
    transitions = {}
    initial = None

    def __init__(self):
        self.state = self.initial
        self.history = []

    async def on_exit(self, state):
        await asyncio.sleep(0.002)

    async def on_enter(self, state):
        await asyncio.sleep(0)

    async def trigger(self, event):
        target = self.transitions.get((self.state, event))
        if target is None:
            return False
        await self._change(target)
        return True

    async def _change(self, target):
        source = self.state
        await self.on_exit(source)
        self.history.append(f"{source}>{target}")
        self.state = target
        await self.on_enter(target)


class Door(Machine):
    initial = "open"
    transitions = {("open", "push"): "closed", ("open", "timeout"): "locked", ("closed", "key"): "locked"}

    def __init__(self):
        super().__init__()
        self.rung = 0

    async def on_enter(self, state):
        if state == "locked":
            self.rung += 1


async def visitor(door):
    await asyncio.sleep(0.001)
    await door.trigger("push")
    await door.trigger("key")


async def timer(door):
    await asyncio.sleep(0.04)
    await door.trigger("timeout")


async def main():
    door = Door()
    await asyncio.gather(visitor(door), timer(door))
    return door.state, door.history, door.rung
