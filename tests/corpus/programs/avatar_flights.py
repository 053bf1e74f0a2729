"""Whoever wants an avatar joins the download that is under way; a download leaves the table when it has ended."""

import asyncio


class Gravatar:
    def __init__(self):
        self.downloads = []

    async def download(self, user):
        self.downloads.append(user)
        await asyncio.sleep(0.003)
        return f"<{user}>"


class Avatars:
    def __init__(self, gravatar):
        self.gravatar = gravatar
        self.cache = {}
        self._flights = {}

    async def _load(self, user):
        self.cache[user] = await self.gravatar.download(user)
        return self.cache[user]

    async def get(self, user):
        if user in self.cache:
            return self.cache[user]
        flight = self._flights.get(user)
        if flight is None:
            flight = self._flights[user] = asyncio.create_task(self._load(user))
            flight.add_done_callback(lambda _: self._flights.pop(user))
        return await asyncio.shield(flight)


async def page(avatars, delay, *users):
    await asyncio.sleep(delay)
    return await asyncio.gather(*(avatars.get(user) for user in users))


async def main():
    gravatar = Gravatar()
    avatars = Avatars(gravatar)
    pages = await asyncio.gather(page(avatars, 0, "ada", "bob"), page(avatars, 0.001, "bob", "cyd"), page(avatars, 0.02, "ada"))
    return pages, sorted(gravatar.downloads), sorted(avatars.cache), len(avatars._flights)
