"""The play command of a music bot: a member may have so many songs in the queue; links are looked up before they are queued."""

import asyncio
from collections import Counter, deque
from dataclasses import dataclass


class QuotaExceeded(Exception):
    pass


@dataclass(frozen=True)
class Entry:
    author: str
    url: str
    title: str
    seconds: int


class Extractor:
    """Stands for the downloader that asks the site about a link."""

    def __init__(self, latency):
        self._latency = latency

    async def extract(self, url):
        await asyncio.sleep(self._latency)
        return {"title": url.rsplit("/", 1)[-1].replace("-", " "), "duration": 60 + len(url)}


class Playlist:
    def __init__(self, extractor):
        self._extractor = extractor
        self.entries = deque()

    def count_for_user(self, author):
        return sum(1 for entry in self.entries if entry.author == author)

    async def add_entry(self, author, url):
        info = await self._extractor.extract(url)
        entry = Entry(author, url, info["title"], info["duration"])
        self.entries.append(entry)
        return len(self.entries), entry


class MusicBot:
    def __init__(self, playlist, max_songs):
        self.playlist = playlist
        self.max_songs = max_songs
        self.replies = []

    def _check_quota(self, author):
        if self.playlist.count_for_user(author) >= self.max_songs:
            raise QuotaExceeded(f"{author} has reached the limit of {self.max_songs}")

    async def cmd_play(self, author, url):
        self._check_quota(author)
        position, entry = await self.playlist.add_entry(author, url)
        return f"enqueued {entry.title} at {position}"

    async def on_message(self, author, content):
        command, _, argument = content.partition(" ")
        if command != "!play":
            return
        try:
            self.replies.append(await self.cmd_play(author, argument))
        except QuotaExceeded as error:
            self.replies.append(str(error))


async def member(bot, name, *messages):
    for pause, content in messages:
        await asyncio.sleep(pause)
        await bot.on_message(name, content)


async def main():
    bot = MusicBot(Playlist(Extractor(0.002)), max_songs=1)
    await asyncio.gather(
        member(bot, "ghost", (0, "!play https://tube/night-drive")),
        member(bot, "ghost", (0.03, "!play https://tube/day-walk")),
        member(bot, "brit", (0.01, "!play https://tube/rainfall")),
    )
    queued = Counter(entry.author for entry in bot.playlist.entries)
    return sorted(queued.items()), sorted(reply.split()[0] for reply in bot.replies)
