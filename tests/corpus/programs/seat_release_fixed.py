"""A booking takes seats from a flight and gives them back when it is not paid in time."""

import threading
import time


class Flight:
    def __init__(self, seats):
        self.lock = threading.Lock()
        self.seats = seats


class Booking:
    def __init__(self, flight, seats):
        self.flight, self.wanted = flight, seats

    def __enter__(self):
        with self.flight.lock:
            self.had = self.flight.seats
            if self.had < self.wanted:
                raise RuntimeError("full")
            self.flight.seats = self.had - self.wanted
        return self

    def __exit__(self, kind, error, trace):
        if kind is not None:
            with self.flight.lock:
                self.flight.seats += self.wanted
        return kind is TimeoutError


def customer(flight, seats, pays, begins):
    time.sleep(begins)
    with Booking(flight, seats):
        if not pays:
            raise TimeoutError


def main():
    flight = Flight(20)
    threads = [threading.Thread(target=customer, args=(flight, *wish)) for wish in ((4, False, 0), (3, True, 0.05))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return flight.seats
