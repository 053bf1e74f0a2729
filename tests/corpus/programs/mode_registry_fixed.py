"""The loader stays where it is; who loads does so under a lock, having looked again."""

import threading


class ModeRegistry:
    def __init__(self):
        self._lock = threading.Lock()
        self._handlers = {}
        self._lazy_loaders = {"json": self._load_json}

    def _load_json(self):
        return {"request": "as json", "response": "from json"}

    def is_registered(self, mode):
        return mode in self._handlers or mode in self._lazy_loaders

    def get_handlers(self, mode):
        if mode in self._handlers:
            return self._handlers[mode]
        with self._lock:
            if mode not in self._handlers:
                self._handlers[mode] = self._lazy_loaders[mode]()
            return self._handlers[mode]


def patch(registry, mode, answers, name):
    if not registry.is_registered(mode):
        answers[name] = f"mode {mode} is not registered"
        return
    answers[name] = registry.get_handlers(mode)["request"]


def main():
    registry = ModeRegistry()
    answers = {}
    threads = [threading.Thread(target=patch, args=(registry, "json", answers, name)) for name in ("first", "second")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
