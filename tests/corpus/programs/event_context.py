"""Every thread notes what it is at work on in the context of its events; the store for that is made at the first note."""

import threading
import time


class EventContext:
    def add_local(self, **notes):
        if not hasattr(self, "_local"):
            self._local = threading.local()
        if not hasattr(self._local, "notes"):
            self._local.notes = {}
        self._local.notes.update(notes)

    def remove_local(self, *names):
        for name in names:
            self._local.notes.pop(name, None)

    def dump(self):
        return dict(getattr(self._local, "notes", {}))


class Display:
    def __init__(self, context):
        self.context = context
        self.events = []

    def verbose(self, host, message):
        self.context.add_local(host=host)
        event = (message, self.context.dump())
        self.context.remove_local("host")
        self.events.append(event)


def play(display, host, begins):
    time.sleep(begins)
    display.verbose(host, f"connected to {host}")


def main():
    display = Display(EventContext())
    plays = [threading.Thread(target=play, args=(display, host, begins)) for host, begins in (("web-1", 0), ("web-2", 0.03))]
    for thread in plays:
        thread.start()
    for thread in plays:
        thread.join()
    return sorted((message, notes.get("host")) for message, notes in display.events)
