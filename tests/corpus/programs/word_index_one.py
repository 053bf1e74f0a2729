"""Files are indexed in an executor of one thread, one after the other."""

import asyncio
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
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
    with ThreadPoolExecutor(max_workers=1) as one:
        await asyncio.gather(
            loop.run_in_executor(one, index.add, "to be or"),
            loop.run_in_executor(one, partial(index.add, "not to be", starts=0.06)),
        )
    return sorted(index.words.items())
