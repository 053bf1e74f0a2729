"""Every kiln of a pottery is read by a thread of its own; the readings go to one shared table."""

import threading
import time
from typing import NamedTuple


class Reading(NamedTuple):
    kiln: str
    degrees: int


class Logger:
    """Reads all kilns so many times; row and column of the table are those of the reading."""

    def __init__(self, kilns, rounds):
        self.kilns = kilns
        self.table = [[None] * rounds for _ in kilns]
        self.finished = [False] * len(kilns)
        self.warmest = None

    def _read(self, row, probe):
        readings = self.table[row]
        for column in range(len(readings)):
            time.sleep(0.005)
            readings[column] = Reading(self.kilns[row], probe(column))
        self.finished[row] = True

    def run(self, probes):
        threads = []
        for row, probe in enumerate(probes):
            thread = threading.Thread(target=self._read, args=(row, probe))
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()
        assert all(self.finished)
        self.warmest = max((reading for row in self.table for reading in row), key=lambda reading: reading.degrees)
        return self.warmest


def ramp(start, step):
    def probe(minute):
        return start + step * minute

    return probe


def main():
    logger = Logger(["bisque", "glaze", "raku"], rounds=4)
    warmest = logger.run([ramp(200, 60), ramp(300, 80), ramp(400, 30)])
    return warmest, [row[0].degrees for row in logger.table]


if __name__ == "__main__":
    warmest, first = main()
    print(f"{warmest.kiln} reached {warmest.degrees} degrees; first readings {first}")
