"""A music quiz keeps statistics of its songs, and saves them in a worker thread after each round."""

import asyncio
import json
import tempfile
from pathlib import Path


class Stats:
    def __init__(self, path):
        self._path = path
        self._songs = {}
        self._saving = asyncio.Lock()

    def record(self, song, points):
        entry = self._songs.setdefault(song, {"played": 0, "points": 0})
        entry["played"] += 1
        entry["points"] += points

    def _write(self, songs):
        with self._path.open("w") as file:
            for song, entry in songs.items():
                file.write(json.dumps({"song": song, **entry}) + "\n")

    async def save(self):
        async with self._saving:
            snapshot = {song: dict(entry) for song, entry in self._songs.items()}
            await asyncio.to_thread(self._write, snapshot)


async def play(stats, songs, pause):
    for song, points in songs:
        await asyncio.sleep(pause)
        stats.record(song, points)


async def host(stats, rounds):
    for _ in range(rounds):
        await asyncio.sleep(0.012)
        await stats.save()


async def game(path):
    stats = Stats(path)
    songs = [("Heroes", 5), ("Jolene", 3), ("Heroes", 2), ("Africa", 4)]
    await asyncio.gather(play(stats, songs, 0.005), host(stats, 2))
    await stats.save()
    return sorted(path.read_text().splitlines())


def main():
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(game(Path(folder) / "stats.jsonl"))


if __name__ == "__main__":
    print(main())
