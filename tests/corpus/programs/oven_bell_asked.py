"""A waiter waits for the oven's bell under its condition, and asks whether it is ready there."""

import threading
import time


class Oven:
    def __init__(self):
        self.bell = threading.Condition()
        self.ready = False

    def bake(self, seconds):
        time.sleep(seconds)
        with self.bell:
            self.ready = True
            self.bell.notify_all()

    def fetch(self):
        if not self.ready:
            with self.bell:
                self.bell.wait_for(lambda: self.ready)
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
