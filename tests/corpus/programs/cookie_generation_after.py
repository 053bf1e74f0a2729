"""The generation changes after the login, under a lock that those wait for who would log in as well."""

import asyncio


class Site:
    def __init__(self):
        self.logins = 0
        self.valid = "cookie-1"

    async def login(self):
        await asyncio.sleep(0.002)
        self.logins += 1
        self.valid = f"cookie-{self.logins}"
        return self.valid

    async def get(self, cookie, page):
        await asyncio.sleep(0.001)
        return 200 if cookie == self.valid else 401


class Session:
    def __init__(self, site):
        self.site = site
        self.cookie = "cookie-0"
        self.generation = 0
        self._refreshing = asyncio.Lock()

    async def refresh(self, seen):
        async with self._refreshing:
            if self.generation != seen:
                return
            self.cookie = await self.site.login()
            self.generation += 1

    async def fetch(self, page):
        seen = self.generation
        status = await self.site.get(self.cookie, page)
        if status == 401:
            await self.refresh(seen)
            status = await self.site.get(self.cookie, page)
        return status


async def reader(session, page, delay):
    await asyncio.sleep(delay)
    return await session.fetch(page)


async def main():
    site = Site()
    session = Session(site)
    statuses = await asyncio.gather(reader(session, "notes", 0), reader(session, "sources", 0.04))
    return statuses, site.logins, session.cookie
