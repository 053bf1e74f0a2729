"""Icons are shared while anybody shows one: the table keeps them weakly."""

import threading
import time
from weakref import WeakValueDictionary


class Icon:
    def __init__(self, name):
        self.name = name
        self.shown = []


class Icons:
    def __init__(self):
        self._table = WeakValueDictionary()
        self._lock = threading.Lock()

    def get(self, name):
        if name in self._table:
            return self._table[name]
        with self._lock:
            return self._table.setdefault(name, Icon(name))


def window(icons, names, failures, opens, stays):
    time.sleep(opens)
    try:
        shown = [icons.get(name) for name in names]
        time.sleep(stays)
        del shown
    except KeyError as error:
        failures.append(error.args[0])


def main():
    icons, failures = Icons(), []
    windows = [
        threading.Thread(target=window, args=(icons, ["disk", "bin"], failures, 0, 0.12)),
        threading.Thread(target=window, args=(icons, ["bin"], failures, 0.04, 0.01)),
    ]
    for each in windows:
        each.start()
    for each in windows:
        each.join()
    return failures
