"""Two volumes are locked in either order, but always by someone who holds the gate."""

import threading


class Volume:
    def __init__(self, name, files):
        self.name = name
        self.files = set(files)
        self.lock = threading.Lock()


class Mirror:
    def __init__(self):
        self.gate = threading.Lock()

    def copy(self, source, target):
        with self.gate, source.lock, target.lock:
            target.files |= source.files

    def count(self, volume):
        with volume.lock:
            return len(volume.files)


def main():
    left, right = Volume("left", ["a", "b"]), Volume("right", ["c"])
    mirror = Mirror()
    threads = [
        threading.Thread(target=mirror.copy, args=(left, right)),
        threading.Thread(target=mirror.copy, args=(right, left)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return mirror.count(left) >= 2, sorted(left.files | right.files)
