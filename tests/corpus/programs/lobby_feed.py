"""A board game's lobby: a client fetches who is there, then follows the joins and leaves over its feed."""

import asyncio
from collections import deque


class Feed:
    """What a connection receives, in order."""

    def __init__(self):
        self._messages = deque()

    def send(self, message):
        self._messages.append(message)

    def __iter__(self):
        while self._messages:
            yield self._messages.popleft()


class LobbyServer:
    def __init__(self, latency):
        self._latency = latency
        self._players = {}
        self._feeds = []

    async def _travel(self):
        await asyncio.sleep(self._latency)

    def _announce(self, kind, player):
        for feed in self._feeds:
            feed.send((kind, player))

    async def join(self, player, colour):
        await self._travel()
        self._players[player] = colour
        self._announce("join", player)

    async def leave(self, player):
        await self._travel()
        if self._players.pop(player, None) is not None:
            self._announce("leave", player)

    async def get_players(self):
        answer = sorted(self._players)
        await self._travel()
        return answer

    async def subscribe(self):
        await self._travel()
        feed = Feed()
        self._feeds.append(feed)
        return feed


class LobbyView:
    def __init__(self, server):
        self._server = server
        self._feed = None
        self.players = set()

    async def open(self):
        self.players = set(await self._server.get_players())
        self._feed = await self._server.subscribe()

    def refresh(self):
        for kind, player in self._feed:
            if kind == "join":
                self.players.add(player)
            else:
                self.players.discard(player)
        return sorted(self.players)


async def late_guest(server):
    await asyncio.sleep(0.03)
    await server.join("okto", "red")


async def main():
    server = LobbyServer(latency=0.002)
    await server.join("kjarosh", "blue")
    view = LobbyView(server)
    await asyncio.gather(view.open(), late_guest(server))
    return view.refresh()
