"""A subscription to channels and patterns; a worker thread delivers the messages until it is stopped.

After https://github.com/redis/redis-py/issues/833
"""

import queue
import threading
import time


class Connection:
    """To a server that answers each command at once."""

    def __init__(self):
        self.replies = queue.Queue()

    def send_command(self, command, *names):
        self.replies.put((command, names))

    def read_response(self):
        return self.replies.get()


class PubSub:
    def __init__(self):
        self.connection = Connection()
        self.channels = set()
        self.patterns = set()

    @property
    def subscribed(self):
        return bool(self.channels or self.patterns)

    def subscribe(self, *channels):
        self.channels.update(channels)
        self.connection.send_command("SUBSCRIBE", *channels)

    def unsubscribe(self):
        self.connection.send_command("UNSUBSCRIBE")

    def punsubscribe(self):
        self.connection.send_command("PUNSUBSCRIBE")

    def get_message(self):
        kind, names = self.connection.read_response()
        if kind == "UNSUBSCRIBE":
            self.channels.clear()
        elif kind == "PUNSUBSCRIBE":
            self.patterns.clear()
        return kind, names

    def close(self):
        self.connection = None


class PubSubWorkerThread(threading.Thread):
    def __init__(self, pubsub):
        super().__init__(name="pubsub worker")
        self.pubsub = pubsub
        self.seen = []

    def run(self):
        while self.pubsub.subscribed:
            kind, names = self.pubsub.get_message()
            if kind == "MESSAGE":
                self.seen.append(names)
        self.pubsub.close()

    def stop(self):
        self.pubsub.unsubscribe()
        self.pubsub.punsubscribe()
        self.join()


def main():
    pubsub = PubSub()
    pubsub.subscribe("clients")
    worker = PubSubWorkerThread(pubsub)
    worker.start()
    pubsub.connection.replies.put(("MESSAGE", ("clients", "three are ready")))
    time.sleep(0.1)
    worker.stop()
    return worker.seen


if __name__ == "__main__":
    print(main())
