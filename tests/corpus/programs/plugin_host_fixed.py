"""The listener is started when everything it uses is there."""

import threading


class Host:
    def __init__(self, messages):
        self.messages = messages
        self.failed = []
        self.listener = threading.Thread(target=self.listen)
        self.handlers = {"ping": "pong"}
        self.listener.start()

    def listen(self):
        for message in self.messages:
            try:
                message.append(self.handlers[message[0]])
            except AttributeError as error:
                self.failed.append(str(error))


def main():
    gate = threading.Event()

    class Messages:
        def __iter__(self):
            gate.wait(0.02)
            yield inbox

    inbox = ["ping"]
    host = Host(Messages())
    host.listener.join()
    return inbox, host.failed
