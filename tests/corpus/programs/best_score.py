"""The best score is asked for and set by two calls with an await between them."""

import asyncio


class Board:
    def __init__(self):
        self._best = 0

    async def best(self):
        await asyncio.sleep(0)
        return self._best

    async def set_best(self, score):
        await asyncio.sleep(0)
        self._best = score


async def submit(board, score):
    if score > await board.best():
        await board.set_best(score)


async def main():
    board = Board()
    first = asyncio.create_task(submit(board, 10))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(submit(board, 20))
    await asyncio.gather(first, second)
    return board._best
