"""The instance is made under a lock."""

import threading


class Registry:
    instance = None
    lock = threading.Lock()

    def __init__(self):
        self.plugins = []

    @classmethod
    def get(cls):
        with cls.lock:
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
