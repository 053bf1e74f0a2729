"""A mailer thread sends what was posted before the close; later posts are refused under the same lock."""

import queue
import threading


class Mailer:
    def __init__(self):
        self._queue = queue.Queue()
        self._gate = threading.Lock()
        self._closing = False
        self.sent = []
        self.state = "new"
        self._thread = threading.Thread(target=self._run)

    def __enter__(self):
        self.state = "open"
        self._thread.start()
        return self

    def __exit__(self, *exc_info):
        with self._gate:
            self._closing = True
            self._queue.put(None)
        self._thread.join()
        self.state = f"closed after {len(self.sent)}"

    def post(self, mail):
        with self._gate:
            if self._closing:
                return False
            self._queue.put(mail)
            return True

    def _run(self):
        while (mail := self._queue.get()) is not None:
            self.sent.append(mail)


class Sender(threading.Thread):
    def __init__(self, mailer, mails):
        super().__init__()
        self.mailer = mailer
        self.mails = mails
        self.refused = []

    def run(self):
        for mail in self.mails:
            if not self.mailer.post(mail):
                self.refused.append(mail)


def main():
    mailer = Mailer()
    senders = [Sender(mailer, ["a1", "a2"]), Sender(mailer, ["b1", "b2"])]
    with mailer:
        for sender in senders:
            sender.start()
        senders[0].join()
    senders[1].join()
    refused = [mail for sender in senders for mail in sender.refused]
    return sorted(mailer.sent + refused), mailer.state == f"closed after {len(mailer.sent)}"
