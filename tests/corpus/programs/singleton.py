"""Two threads may both make the one instance."""

import threading


class Registry:
    instance = None

    def __init__(self):
        self.plugins = []

    @classmethod
    def get(cls):
        if cls.instance is None:
            cls.instance = cls()
        return cls.instance


def register(name):
    Registry.get().plugins.append(name)


def main():
    Registry.instance = None
    threads = [threading.Thread(target=register, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(Registry.get().plugins)
