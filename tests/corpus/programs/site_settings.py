"""Settings are replaced as a whole; a request uses those that were there when it came, from beginning to end."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    language: str
    greeting: str


class Site:
    def __init__(self, settings):
        self.settings = settings
        self.pages = []

    async def _read(self, language):
        await asyncio.sleep(0.002)
        return Settings(language, {"de": "Hallo", "en": "Hello"}[language])

    async def reload(self, language):
        fresh = await self._read(language)
        self.settings = fresh

    async def render(self, name):
        settings = self.settings
        heading = f"[{settings.language}]"
        await asyncio.sleep(0.001)
        self.pages.append(f"{heading} {settings.greeting} {name}")


async def visit(site, name, delay):
    await asyncio.sleep(delay)
    await site.render(name)


async def main():
    site = Site(Settings("en", "Hello"))
    visits = [asyncio.create_task(visit(site, name, delay)) for name, delay in (("ada", 0), ("bob", 0.001), ("cyd", 0.02))]
    await site.reload("de")
    await asyncio.gather(*visits)
    mixed = [page for page in site.pages if page.startswith("[en]") is not ("Hello" in page)]
    return site.settings, len(site.pages), mixed
