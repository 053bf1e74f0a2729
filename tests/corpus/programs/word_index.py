"""Files are indexed in the loop's executor, and each adds to the count of its words."""

import asyncio
import time
from collections import Counter
from functools import partial


class Index:
    def __init__(self):
        self.words = Counter()

    def add(self, text, starts=0.0):
        time.sleep(starts)
        for word in text.split():
            self._count(word)

    def _count(self, word):
        seen = self.words[word]
        time.sleep(0.0005)
        self.words[word] = seen + 1


async def main():
    index, loop = Index(), asyncio.get_running_loop()
    await asyncio.gather(
        loop.run_in_executor(None, index.add, "to be or"),
        loop.run_in_executor(None, partial(index.add, "not to be", starts=0.06)),
    )
    return sorted(index.words.items())
