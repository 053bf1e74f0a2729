"""An entity's id is checked to be free, the entity is set up, and only then the id is taken."""

import asyncio
from dataclasses import dataclass


@dataclass
class Entity:
    name: str
    platform: str

    async def added(self):
        await asyncio.sleep(0.001)


class Platform:
    def __init__(self, states):
        self.states = states

    def _free_id(self, name):
        wanted = f"light.{name}"
        tries = 1
        while wanted in self.states:
            tries += 1
            wanted = f"light.{name}_{tries}"
        return wanted

    async def add(self, entity):
        entity_id = self._free_id(entity.name)
        await entity.added()
        self.states[entity_id] = entity.platform
        return entity_id


async def discover(platform, after, entity):
    await asyncio.sleep(after)
    await platform.add(entity)


async def main():
    states = {}
    await asyncio.gather(
        discover(Platform(states), 0, Entity("kitchen", "hue")),
        discover(Platform(states), 0.05, Entity("kitchen", "zigbee")),
    )
    return sorted(states), sorted(states.values())
