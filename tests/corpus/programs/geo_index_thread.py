"""An index of places may only be used by the thread that made it; tasks send their questions to that thread."""

import asyncio
import queue
import threading


class PlaceIndex:
    """Not made for several threads."""

    def __init__(self):
        self._owner = threading.get_ident()
        self._places = {}
        self.size = 0

    def add(self, name, x, y):
        assert threading.get_ident() == self._owner
        self._places[name] = (x, y)
        self.size += 1

    def nearest(self, x, y):
        assert threading.get_ident() == self._owner
        return min(self._places, key=lambda name: (self._places[name][0] - x) ** 2 + (self._places[name][1] - y) ** 2)


class IndexThread:
    def __init__(self):
        self._questions = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="index")
        self._thread.start()

    def _serve(self):
        index = PlaceIndex()
        while (question := self._questions.get()) is not None:
            loop, future, function, arguments = question
            result = function(index, *arguments)
            loop.call_soon_threadsafe(future.set_result, result)

    async def ask(self, function, *arguments):
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        self._questions.put((loop, future, function, arguments))
        return await future

    def close(self):
        self._questions.put(None)
        self._thread.join()


async def import_places(index, places):
    for name, position in places.items():
        await index.ask(PlaceIndex.add, name, *position)


async def main():
    index = IndexThread()
    try:
        await asyncio.gather(
            import_places(index, {"Bergen": (0, 6), "Voss": (3, 6)}),
            import_places(index, {"Odda": (4, 1), "Stord": (1, 1)}),
        )
        near = await asyncio.gather(*(index.ask(PlaceIndex.nearest, *point) for point in ((0, 5), (4, 2), (3, 5))))
        size = await index.ask(lambda places: places.size)
    finally:
        index.close()
    return near, size
