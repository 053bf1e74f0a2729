"""Buoys report to a board; the board keeps one immutable picture, which a thread replaces and others only read."""

import queue
import threading
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Picture:
    waves: tuple = ()
    highest: float = 0.0


class Board:
    def __init__(self):
        self.picture = Picture()
        self._reports = queue.Queue()
        self._writer = threading.Thread(target=self._write, name="writer")
        self._writer.start()

    def report(self, buoy, height):
        self._reports.put((buoy, height))

    def _write(self):
        while (report := self._reports.get()) is not None:
            before = self.picture
            self.picture = replace(
                before, waves=(*before.waves, report), highest=max(before.highest, report[1])
            )

    def close(self):
        self._reports.put(None)
        self._writer.join()


def buoy(board, name, heights):
    for height in heights:
        board.report(name, height)


def watch(board, problems):
    for _ in range(20):
        picture = board.picture
        if picture.waves and max(height for _, height in picture.waves) != picture.highest:
            problems.append(picture)


def main():
    board, problems = Board(), []
    buoys = [
        threading.Thread(target=buoy, args=(board, "north", [1.5, 2.0])),
        threading.Thread(target=buoy, args=(board, "south", [0.5, 3.5])),
    ]
    watcher = threading.Thread(target=watch, args=(board, problems))
    for thread in (watcher, *buoys):
        thread.start()
    for thread in (watcher, *buoys):
        thread.join()
    board.close()
    return sorted(board.picture.waves), board.picture.highest, problems


if __name__ == "__main__":
    print(main())
