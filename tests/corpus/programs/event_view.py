"""A terminal viewer follows container events in a thread and shows them in the buffer on screen."""

import threading
import time


class Docker:
    def __init__(self, events, delay=0.1):
        self._events = events
        self._delay = delay

    def realtime_updates(self):
        time.sleep(self._delay)
        yield from self._events


class ListBuffer:
    def __init__(self, title):
        self.title = title
        self.rows = {}

    def process(self, event):
        name, state = event
        self.rows[name] = state


class UI:
    def __init__(self):
        self.buffers = []
        self.current_buffer = None

    def show(self, buffer):
        self.buffers.append(buffer)
        self.current_buffer = buffer


class App:
    def __init__(self, docker):
        self.docker = docker
        self.ui = UI()
        self.follower = threading.Thread(target=self._follow)

    def _follow(self):
        for event in self.docker.realtime_updates():
            self.ui.current_buffer.process(event)

    def run(self):
        self.follower.start()
        self.ui.show(ListBuffer("containers"))


def main():
    app = App(Docker([("web", "start"), ("db", "start"), ("web", "die")]))
    app.run()
    app.follower.join()
    return app.ui.current_buffer.title, sorted(app.ui.current_buffer.rows.items())
