"""A waiter looks whether the oven is ready and waits for its bell if not; the cook rings once."""

import threading
import time


class Oven:
    def __init__(self):
        self.bell = threading.Condition()
        self.ready = False

    def bake(self, seconds):
        time.sleep(seconds)
        self.ready = True
        with self.bell:
            self.bell.notify_all()

    def fetch(self):
        if not self.ready:
            with self.bell:
                self.bell.wait()
        return "bread"


def main():
    oven, plates = Oven(), []
    waiter = threading.Thread(target=lambda: plates.append(oven.fetch()))
    cook = threading.Thread(target=oven.bake, args=(0.05,))
    waiter.start()
    cook.start()
    cook.join()
    waiter.join()
    return plates
