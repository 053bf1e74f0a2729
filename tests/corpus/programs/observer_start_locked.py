"""A file observer: watches are scheduled by plugins, each gets an emitter that reports changes of its folder."""

import enum
import threading
from pathlib import PurePosixPath


class State(enum.Enum):
    IDLE = "idle"
    RUNNING = "running"


class Emitter:
    def __init__(self, path, sink):
        self.path = PurePosixPath(path)
        self._sink = sink
        self._armed = False

    def start(self):
        self._armed = True

    def touch(self, name):
        if self._armed:
            self._sink.append(str(self.path / name))


class Observer:
    def __init__(self):
        self._lock = threading.Lock()
        self._emitters = {}
        self._state = State.IDLE
        self.events = []

    @property
    def running(self):
        return self._state is State.RUNNING

    def schedule(self, path):
        with self._lock:
            emitter = self._emitters.get(path)
            if emitter is None:
                emitter = self._emitters[path] = Emitter(path, self.events)
                if self.running:
                    emitter.start()
            return emitter

    def start(self):
        with self._lock:
            self._start_emitters()
            self._state = State.RUNNING

    def _start_emitters(self):
        for emitter in list(self._emitters.values()):
            emitter.start()


class Plugin(threading.Thread):
    def __init__(self, observer, folder):
        super().__init__(name=f"plugin {folder}")
        self._observer = observer
        self._folder = folder
        self.emitter = None

    def run(self):
        self.emitter = self._observer.schedule(self._folder)


def main():
    observer = Observer()
    settings = observer.schedule("/srv/settings")
    themes = Plugin(observer, "/srv/themes")
    starter = threading.Thread(target=observer.start, name="observer start")
    themes.start()
    starter.start()
    starter.join()
    themes.join()
    settings.touch("site.toml")
    themes.emitter.touch("dark.css")
    return observer.events
