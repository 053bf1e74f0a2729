"""Two threads make calls over one wire; whoever reads it keeps the replies of others for them."""
import queue
import threading
import time
from itertools import count


def server(requests, wire):
    for number, text in iter(requests.get, None):
        wire.put((number, text[::-1]))


class Wire:
    def __init__(self):
        self._requests, self._wire = queue.Queue(), queue.Queue()
        self._numbers = count(1)
        self._receiving = threading.Lock()
        self._replies = {}
        self._server = threading.Thread(target=server, args=(self._requests, self._wire))

    def __enter__(self):
        self._server.start()
        return self

    def __exit__(self, *exc_info):
        self._requests.put(None)
        self._server.join()

    def call(self, text):
        number = next(self._numbers)
        self._requests.put((number, text))
        return self._reply(number)

    def _reply(self, number):
        with self._receiving:
            while number not in self._replies:
                got, reply = self._wire.get()
                self._replies[got] = reply
            return self._replies.pop(number)


def caller(wire, texts, answers, begin):
    time.sleep(begin)
    for text in texts:
        answers[text] = wire.call(text)


def main():
    answers = {}
    with Wire() as wire:
        callers = [
            threading.Thread(target=caller, args=(wire, ("abc", "level"), answers, 0)),
            threading.Thread(target=caller, args=(wire, ("drawer",), answers, 0.03)),
        ]
        for each in callers:
            each.start()
        for each in callers:
            each.join()
    return sorted(answers.items())
