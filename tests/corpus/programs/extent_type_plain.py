"""The properties are cached without a lock; two threads may work one out twice and find the same."""

import threading

phil = threading.RLock()


class simple_cached_property:
    def __init__(self, func):
        self.func = func

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.func(instance)
        return value


class Dataset:
    def __init__(self, name, raw):
        self.name = name
        self._raw = raw

    @simple_cached_property
    def extent(self):
        with phil:
            return len(self._raw.rstrip(b"\0"))

    @simple_cached_property
    def kind(self):
        with phil:
            return "empty" if not self.extent else "simple"

    def read(self):
        with phil:
            if self.kind == "empty":
                return b""
            return self._raw[: self.extent]


def main():
    spectrum = Dataset("spectrum", b"abc\0\0")
    found = {}
    reader = threading.Thread(target=lambda: found.update(data=spectrum.read()))
    lister = threading.Thread(target=lambda: found.update(kind=spectrum.kind))
    reader.start()
    lister.start()
    reader.join()
    lister.join()
    return sorted(found.items()), spectrum.extent
