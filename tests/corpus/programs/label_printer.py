"""Parcels are handed to workers through a queue; a parcel belongs to one of them at a time, and goes on through another queue."""

import queue
import threading
import time


class Parcel:
    def __init__(self, number, grams):
        self.number = number
        self.grams = grams
        self.postage = None
        self.label = None


def weigh(incoming, outgoing):
    while (parcel := incoming.get()) is not None:
        parcel.postage = 400 if parcel.grams <= 1000 else 700
        outgoing.put(parcel)
    outgoing.put(None)


def label(incoming, done):
    while (parcel := incoming.get()) is not None:
        parcel.label = f"{parcel.number}: {parcel.postage}"
        done.append(parcel)


def main():
    weighing, labelling = queue.Queue(), queue.Queue(maxsize=2)
    done = []
    stages = [threading.Thread(target=weigh, args=(weighing, labelling)), threading.Thread(target=label, args=(labelling, done))]
    for stage in stages:
        stage.start()
    for number, grams in enumerate((250, 1800, 990, 1001)):
        weighing.put(Parcel(number, grams))
        time.sleep(0.005)
    weighing.put(None)
    for stage in stages:
        stage.join()
    return [parcel.label for parcel in done], weighing.qsize(), labelling.qsize()
