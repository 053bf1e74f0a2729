"""Scans run on threads and report each page to the event loop, where alone the totals are kept."""

import asyncio
from collections import Counter
from functools import partial


class Totals:
    def __init__(self, loop):
        self._loop = loop
        self.words = Counter()
        self.pages = 0

    def page_scanned(self, words):
        """Called on any thread."""
        self._loop.call_soon_threadsafe(self._add, words)

    def _add(self, words):
        self.words.update(words)
        self.pages += 1


def scan(totals, pages):
    for page in pages:
        totals.page_scanned(page.split())
    return len(pages)


async def main():
    totals = Totals(asyncio.get_running_loop())
    books = [["a b", "b c"], ["c c"]]
    read = await asyncio.gather(*(asyncio.to_thread(partial(scan, totals, pages)) for pages in books))
    while totals.pages < sum(read):
        await asyncio.sleep(0)
    return sorted(totals.words.items()), totals.pages
