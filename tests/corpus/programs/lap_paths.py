"""A view of a race draws the paths of laps: a worker fetches each lap, and the screen is drawn at its own times.

After https://github.com/autosportlabs/RaceCapture_App/issues/871
"""

import queue
import threading
import time
from itertools import pairwise


class TrackMap:
    def __init__(self):
        self._paths = {}
        self._bounds = None

    def add_path(self, source, points):
        self._paths[source] = points
        self._bounds = None

    def draw(self):
        segments = []
        for source, points in self._paths.items():
            for start, end in pairwise(points):
                segments.append((source, start, end))
        return segments


class Analysis:
    def __init__(self, track):
        self.track = track
        self._requests = queue.Queue()
        self._worker = threading.Thread(target=self._query)
        self._worker.start()

    def select(self, lap):
        self._requests.put(lap)

    def _query(self):
        while (lap := self._requests.get()) is not None:
            points = [(lap, second) for second in range(4)]
            self.track.add_path(f"lap {lap}", points)

    def close(self):
        self._requests.put(None)
        self._worker.join()


def main():
    track = TrackMap()
    analysis = Analysis(track)
    analysis.select(1)
    analysis.select(2)
    time.sleep(0.1)
    frame = track.draw()
    analysis.select(3)
    time.sleep(0.1)
    frame = track.draw()
    analysis.close()
    return len(frame)


if __name__ == "__main__":
    assert main() == 9
