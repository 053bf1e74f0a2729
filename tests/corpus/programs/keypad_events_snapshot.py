"""Keypads of a lighting bridge: who is interested subscribes, and gets a callable back that ends the subscription."""

import queue
import threading


class Keypad:
    def __init__(self, name):
        self.name = name
        self._subscribers = []

    def subscribe(self, handler):
        self._subscribers.append(handler)

        def unsubscribe():
            self._subscribers.remove(handler)

        return unsubscribe

    def dispatch(self, event):
        for handler in tuple(self._subscribers):
            handler(self.name, event)


class Reader(threading.Thread):
    """Reads lines off the bridge and hands each to the keypad it is about."""

    def __init__(self, lines, keypads):
        super().__init__(name="bridge-reader")
        self.lines = lines
        self.keypads = {keypad.name: keypad for keypad in keypads}

    def run(self):
        while (line := self.lines.get()) is not None:
            name, event = line.split()
            self.keypads[name].dispatch(event)


def recorder(log):
    def handler(name, event):
        log.append(f"{name}:{event}")

    return handler


def main():
    hall = Keypad("hall")
    lines = queue.Queue()
    dashboard, logbook, scenes = [], [], []
    close_dashboard = hall.subscribe(recorder(dashboard))
    hall.subscribe(recorder(logbook))
    hall.subscribe(recorder(scenes))
    reader = Reader(lines, [hall])
    reader.start()
    lines.put("hall press")
    lines.put("hall release")
    close_dashboard()
    lines.put("hall hold")
    lines.put(None)
    reader.join()
    return {"logbook": logbook, "scenes": scenes}


if __name__ == "__main__":
    print(main())
