"""Two stages hand orders from one to the next through queues; each owns an order while it works on it."""

import queue
import threading
from dataclasses import dataclass, field

STOP = object()


@dataclass
class Order:
    number: int
    steps: list = field(default_factory=list)
    price: int = 0


class Stage(threading.Thread):
    def __init__(self, label, inbox, outbox, price):
        super().__init__(name=label)
        self.label, self.inbox, self.outbox, self.price = label, inbox, outbox, price
        self.handled = 0

    def run(self):
        while (order := self.inbox.get()) is not STOP:
            order.steps.append(self.label)
            order.price = order.price + self.price(order)
            self.handled = self.handled + len(order.steps[-1:])
            self.outbox.put(order)
        self.outbox.put(STOP)


def main():
    orders, cut, packed = queue.Queue(), queue.Queue(maxsize=1), queue.Queue()
    stages = [
        Stage("cut", orders, cut, lambda order: 10 * order.number),
        Stage("pack", cut, packed, lambda order: 1),
    ]
    for stage in stages:
        stage.start()
    for number in (1, 2, 3):
        orders.put(Order(number))
    orders.put(STOP)
    for stage in stages:
        stage.join()
    finished = list(iter(packed.get, STOP))
    return [(order.number, order.steps, order.price) for order in finished], [stage.handled for stage in stages]
