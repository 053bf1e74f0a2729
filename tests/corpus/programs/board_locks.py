"""Moving a card takes the lock of the board it leaves, then the lock of the board it goes to."""

import asyncio


class Board:
    def __init__(self, name, cards):
        self.name = name
        self.cards = list(cards)
        self.lock = asyncio.Lock()


async def notify(board):
    await asyncio.sleep(0.001)


async def move(card, source, target):
    async with source.lock:
        await notify(source)
        async with target.lock:
            source.cards.remove(card)
            target.cards.append(card)


async def user(after, *args):
    await asyncio.sleep(after)
    await move(*args)


async def main():
    todo, done = Board("todo", ["write", "test"]), Board("done", ["plan"])
    async with asyncio.TaskGroup() as group:
        group.create_task(user(0, "write", todo, done))
        group.create_task(user(0.05, "plan", done, todo))
    return sorted(todo.cards), sorted(done.cards)
