"""The lobby of a quiz: players sit down for some rounds, and every question goes out to all of them."""

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager


class Player:
    def __init__(self, name, lag):
        self.name = name
        self.lag = lag
        self.heard = []

    async def send(self, message):
        await asyncio.sleep(self.lag)
        self.heard.append(message)


class Lobby:
    def __init__(self):
        self.players = {}

    @asynccontextmanager
    async def seat(self, player):
        self.players[player.name] = player
        try:
            yield self
        finally:
            del self.players[player.name]

    async def ask(self, question):
        for player in self.players.values():
            await player.send(question)


async def guest(lobby, player, minutes):
    async with lobby.seat(player):
        await asyncio.sleep(minutes)


async def evening():
    lobby = Lobby()
    regulars = [Player("kim", 0.001), Player("lou", 0.001)]
    async with AsyncExitStack() as table:
        for player in regulars:
            await table.enter_async_context(lobby.seat(player))
        visit = asyncio.create_task(guest(lobby, Player("max", 0.001), 0.05))
        await asyncio.sleep(0.002)
        await lobby.ask("capital of Peru?")
        await visit
        await lobby.ask("year of the moon landing?")
    return {player.name: player.heard for player in regulars}


def main():
    return asyncio.run(evening())


if __name__ == "__main__":
    print(main())
