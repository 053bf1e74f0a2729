"""A translation component has a lock for its repository and one for its rows; saving and updating need both."""

import threading
import time
from contextlib import contextmanager


class Repository:
    def __init__(self):
        self._lock = threading.Lock()
        self.commits = []

    @contextmanager
    def lock(self):
        self._lock.acquire()
        try:
            yield self
        finally:
            self._lock.release()

    def commit(self, message):
        self.commits.append(message)


class Component:
    def __init__(self, name):
        self.name = name
        self.repository = Repository()
        self.row_lock = threading.Lock()
        self.units = {}
        self.revision = 0

    def save_unit(self, source, target):
        with self.row_lock:
            self.units[source] = target
            self.commit_pending(f"{self.name}: {source}")

    def commit_pending(self, message):
        with self.repository.lock() as repository:
            repository.commit(message)
            self.revision += 1

    def update_from_remote(self, changes):
        with self.repository.lock() as repository:
            repository.commit("merge")
            self.create_translations(changes)

    def create_translations(self, changes):
        with self.row_lock:
            for source in changes:
                self.units.setdefault(source, "")


def translate(component):
    component.save_unit("Hello", "Ahoj")


def webhook(component):
    component.update_from_remote(["Hello", "Bye"])


def main():
    component = Component("app")
    editor = threading.Thread(target=translate, args=(component,))
    hook = threading.Thread(target=webhook, args=(component,))
    editor.start()
    time.sleep(0.02)
    hook.start()
    editor.join()
    hook.join()
    return component.units, sorted(component.repository.commits)
