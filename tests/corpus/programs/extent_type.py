"""A cached property of Python 3.11 has a lock of its own: one thread takes it inside the library's lock, another outside."""

import functools
import threading

phil = threading.RLock()


class Dataset:
    def __init__(self, name, raw):
        self.name = name
        self._raw = raw

    @functools.cached_property
    def extent(self):
        with phil:
            return len(self._raw.rstrip(b"\0"))

    @functools.cached_property
    def kind(self):
        with phil:
            return "empty" if not self.extent else "simple"

    def read(self):
        with phil:
            if self.kind == "empty":
                return b""
            return self._raw[: self.extent]


class File:
    def __init__(self, **raw):
        self.datasets = {name: Dataset(name, data) for name, data in raw.items()}

    def __getitem__(self, name):
        return self.datasets[name]


def main():
    file = File(spectrum=b"abc\0\0", notes=b"\0")
    found = {}
    reader = threading.Thread(target=lambda: found.update(data=file["spectrum"].read()))
    lister = threading.Thread(target=lambda: found.update(kind=file["notes"].kind))
    reader.start()
    lister.start()
    reader.join()
    lister.join()
    return sorted(found.items())
