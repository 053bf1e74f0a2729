"""Map requests that want a tile which is being drawn wait for the future of the one that draws it."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor


class Renderer:
    def __init__(self):
        self.drawn = []

    def draw(self, tile):
        self.drawn.append(tile)
        zoom, x, y = tile
        return f"tile {zoom}/{x}/{y}"


def claim(flights, lock, tile):
    with lock:
        flight = flights.get(tile)
        if flight is not None:
            return flight, False
        flight = flights[tile] = Future()
        return flight, True


class TileCache:
    def __init__(self, renderer):
        self.renderer = renderer
        self._flights = {}
        self._lock = threading.Lock()

    def get(self, tile):
        flight, mine = claim(self._flights, self._lock, tile)
        if mine:
            try:
                flight.set_result(self.renderer.draw(tile))
            except Exception as error:
                with self._lock:
                    del self._flights[tile]
                flight.set_exception(error)
        return flight.result()


def main():
    cache = TileCache(Renderer())
    wanted = [(3, 1, 1), (3, 1, 2), (3, 1, 1), (3, 1, 1), (3, 1, 2)]
    with ThreadPoolExecutor(max_workers=3) as pool:
        tiles = list(pool.map(cache.get, wanted))
    return tiles, sorted(cache.renderer.drawn)
