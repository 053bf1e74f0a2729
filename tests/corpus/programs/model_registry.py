"""Settings object is stored in the registry dict, then loaded; who comes in between finds it empty."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Model:
    name: str
    weights: list = field(default_factory=list)

    def predict(self, x):
        if not self.weights:
            raise RuntimeError("model is not loaded")
        return x * self.weights[0]


@dataclass
class Registry:
    models: dict = field(default_factory=dict)

    async def load(self, name):
        if name not in self.models:
            model = Model(name)
            self.models[name] = model
            await asyncio.sleep(0.001)
            model.weights.append(3)
        return self.models[name]


async def ask(registry, x, delay):
    await asyncio.sleep(delay)
    model = await registry.load("tiny")
    return model.predict(x)


async def run():
    registry = Registry()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(registry, x, 0.05 * x)) for x in (1, 2)]
    return [task.result() for task in tasks]


def main():
    return asyncio.run(run())
