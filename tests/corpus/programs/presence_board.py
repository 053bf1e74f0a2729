"""Who is online in which room of a chat; each change is told to the other servers before it is taken over."""

import asyncio
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Presence:
    online: frozenset = frozenset()
    typing: frozenset = frozenset()
    version: int = 0


@dataclass
class Board:
    presence: Presence = field(default_factory=Presence)
    told: list = field(default_factory=list)

    async def _replicate(self, presence):
        for server in ("east", "west"):
            await asyncio.sleep(0.001)
            self.told.append((server, presence.version))

    async def change(self, edit):
        before = self.presence
        after = replace(edit(before), version=before.version + 1)
        await self._replicate(after)
        self.presence = after


def joins(name):
    return lambda presence: replace(presence, online=presence.online | {name})


def types(name):
    return lambda presence: replace(presence, typing=presence.typing | {name})


async def member(board, name, arrives):
    await asyncio.sleep(arrives)
    await board.change(joins(name))
    await board.change(types(name))


async def room():
    board = Board()
    await asyncio.gather(member(board, "ines", 0), member(board, "omar", 0.05))
    presence = board.presence
    return sorted(presence.online), sorted(presence.typing), presence.version


def main():
    return asyncio.run(room())


if __name__ == "__main__":
    print(main())
