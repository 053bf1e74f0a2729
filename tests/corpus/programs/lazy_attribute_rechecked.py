"""A descriptor computes an attribute when it is first asked for: it looks, takes the lock and looks again."""

import threading
import time

MISSING = object()


class lazy:
    def __init__(self, function):
        self.function = function
        self.lock = threading.RLock()

    def __set_name__(self, owner, name):
        self.name = f"_{name}"

    def __get__(self, instance, owner=None):
        value = instance.__dict__.get(self.name, MISSING)
        if value is MISSING:
            with self.lock:
                value = instance.__dict__.get(self.name, MISSING)
                if value is MISSING:
                    value = self.function(instance)
                    instance.__dict__[self.name] = value
        return value


class Tunnel:
    def __init__(self, ports):
        self.free = ports

    @lazy
    def port(self):
        time.sleep(0.001)
        return self.free.pop()


def use(tunnel, used, starts):
    time.sleep(starts)
    used.append(tunnel.port)


def main():
    tunnel, used = Tunnel([4001, 4002, 4003]), []
    users = [threading.Thread(target=use, args=(tunnel, used, i * 0.05)) for i in range(2)]
    for each in users:
        each.start()
    for each in users:
        each.join()
    return len(set(used)), tunnel.free
