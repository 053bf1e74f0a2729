"""Tills of a canteen book on the loop of one server thread and wait there for their receipt."""

import asyncio
import threading
from contextlib import contextmanager


class Canteen:
    """All of it lives on the loop; nothing else touches it."""

    def __init__(self):
        self.takings = 0
        self.stock = {"soup": 3, "roll": 2}
        self.receipts = 0

    async def book(self, till, dish, price):
        if self.stock[dish] == 0:
            return f"{till}: {dish} is out"
        self.stock[dish] -= 1
        self.takings += price
        self.receipts += 1
        number = self.receipts
        await asyncio.sleep(0.005)  # the kitchen's printer
        return f"{till}: {dish}, receipt {number}"


@contextmanager
def running_loop():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def main():
    canteen = Canteen()
    printed = {}
    with running_loop() as loop:

        def till(name, dishes):
            lines = []
            for dish in dishes:
                future = asyncio.run_coroutine_threadsafe(canteen.book(name, dish, 4 if dish == "soup" else 1), loop)
                lines.append(future.result())
            printed[name] = lines

        orders = {"left": ["soup", "roll", "soup"], "right": ["roll", "soup", "soup", "roll"]}
        tills = [threading.Thread(target=till, args=order) for order in orders.items()]
        for thread in tills:
            thread.start()
        for thread in tills:
            thread.join()
    refused = sum(line.endswith("out") for lines in printed.values() for line in lines)
    return canteen.takings, canteen.stock, canteen.receipts, refused


if __name__ == "__main__":
    print(*main())
