"""A tile server for large images keeps the tiles that were asked for last, and throws out the oldest.

After https://github.com/girder/large_image/pull/189
"""

import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor


class LRUCache:
    def __init__(self, maxsize):
        self.maxsize = maxsize
        self._data = {}
        self._order = OrderedDict()

    def __len__(self):
        return len(self._data)

    def get(self, key):
        value = self._data.get(key)
        if value is not None:
            self._touch(key)
        return value

    def _touch(self, key):
        self._order[key] = None
        self._order.move_to_end(key)

    def popitem(self):
        key = next(iter(self._order))
        value = self._data.pop(key)
        del self._order[key]
        return key, value

    def put(self, key, value):
        if key not in self._data:
            while len(self._data) >= self.maxsize:
                self.popitem()
        self._data[key] = value
        self._touch(key)


class Slide:
    def __init__(self, cache):
        self.cache = cache

    def tile(self, x, y, after=0.0):
        time.sleep(after)
        tile = self.cache.get((x, y))
        if tile is None:
            tile = f"tile {x},{y}"
            self.cache.put((x, y), tile)
        return tile


def main():
    slide = Slide(LRUCache(maxsize=2))
    slide.tile(0, 0)
    slide.tile(0, 1)
    with ThreadPoolExecutor(2) as pool:
        tiles = [pool.submit(slide.tile, 5, column, 0.08 * column) for column in range(2)]
        return [tile.result() for tile in tiles], len(slide.cache)


if __name__ == "__main__":
    print(main())
