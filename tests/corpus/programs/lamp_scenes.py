"""Scenes of lamps are made by several threads: each changes a copy and puts it in place, if nobody was faster."""

import threading
import time


class Scenes:
    def __init__(self):
        self._lock = threading.Lock()
        self.current = ({}, 0)

    def swap(self, seen, lamps):
        with self._lock:
            if self.current is not seen:
                return False
            self.current = (lamps, seen[1] + 1)
            return True


def set_lamp(scenes, lamp, brightness, after):
    time.sleep(after)
    while True:
        seen = scenes.current
        lamps = dict(seen[0])
        lamps[lamp] = brightness
        if scenes.swap(seen, lamps):
            return


def total(scenes, after, totals):
    time.sleep(after)
    lamps, version = scenes.current
    totals.append(sum(lamps.values()) <= 60 and version <= 3)


def main():
    scenes, totals = Scenes(), []
    threads = [
        threading.Thread(target=set_lamp, args=(scenes, f"lamp {number}", 10 * number, 0.02 * number))
        for number in (1, 2, 3)
    ]
    threads.append(threading.Thread(target=total, args=(scenes, 0.03, totals)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return scenes.current, totals


if __name__ == "__main__":
    print(main())
