"""Parcels go from station to station through queues; who holds one changes it without a lock."""

import queue
import threading
from dataclasses import dataclass, field


@dataclass
class Parcel:
    weight: int
    price: int = 0
    stamps: list = field(default_factory=list)

    def stamp(self, text, price):
        self.price = self.price + price
        self.stamps.append(text)


def station(name, fee, incoming, outgoing):
    while (parcel := incoming.get()) is not None:
        parcel.stamp(name, fee * parcel.weight)
        outgoing.put(parcel)
    outgoing.put(None)


def main():
    belts = [queue.SimpleQueue() for _ in range(3)]
    stations = [
        threading.Thread(target=station, args=(name, fee, belts[number], belts[number + 1]))
        for number, (name, fee) in enumerate([("scale", 2), ("customs", 3)])
    ]
    for thread in stations:
        thread.start()
    parcels = [Parcel(1), Parcel(4)]
    for parcel in parcels:
        belts[0].put(parcel)
    belts[0].put(None)
    arrived = list(iter(belts[2].get, None))
    for thread in stations:
        thread.join()
    return [(parcel.weight, parcel.price, parcel.stamps) for parcel in arrived], parcels[0].price
