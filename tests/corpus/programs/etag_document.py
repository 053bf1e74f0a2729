"""Editors save a document only if it is still the version they have read, and start over if it is not."""

import asyncio


class Conflict(Exception):
    pass


class Wiki:
    def __init__(self):
        self.etag = 1
        self.lines = ("title",)

    async def read(self):
        await asyncio.sleep(0.001)
        return self.etag, self.lines

    async def save(self, etag, lines):
        await asyncio.sleep(0.001)
        if self.etag != etag:
            raise Conflict(etag)
        self.etag += 1
        self.lines = lines


async def append(wiki, line):
    while True:
        etag, lines = await wiki.read()
        await asyncio.sleep(0.001)
        try:
            return await wiki.save(etag, (*lines, line))
        except Conflict:
            continue


async def editor(wiki, line, delay):
    await asyncio.sleep(delay)
    await append(wiki, line)


async def main():
    wiki = Wiki()
    await asyncio.gather(editor(wiki, "ada was here", 0), editor(wiki, "bob too", 0.02), editor(wiki, "cyd", 0.02))
    return wiki.etag, sorted(wiki.lines)
