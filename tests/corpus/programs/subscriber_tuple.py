"""Subscribers are kept in a tuple that is replaced under a lock and read without one."""

import threading


class Bus:
    def __init__(self):
        self._change = threading.Lock()
        self._subscribers = ()

    def subscribe(self, callback):
        with self._change:
            self._subscribers = (*self._subscribers, callback)

    def unsubscribe(self, callback):
        with self._change:
            self._subscribers = tuple(other for other in self._subscribers if other is not callback)

    def publish(self, event):
        delivered = 0
        for callback in self._subscribers:
            callback(event)
            delivered += 1
        return delivered


def main():
    bus = Bus()
    heard = []
    bus.subscribe(heard.append)
    callbacks = [lambda event: None for _ in range(3)]

    def churn(callback):
        bus.subscribe(callback)
        bus.publish("joined")
        bus.unsubscribe(callback)

    threads = [threading.Thread(target=churn, args=(callback,)) for callback in callbacks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard, bus.publish("last")
