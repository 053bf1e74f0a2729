"""Two threads take turns: each waits for a lock that the other lets go of."""

import threading


class Relay:
    def __init__(self):
        self.red_turn = threading.Lock()
        self.green_turn = threading.Lock()
        self.green_turn.acquire()
        self.shown = []
        self.switches = 0

    def show(self, colour, mine, other, rounds):
        for _ in range(rounds):
            mine.acquire()
            self.shown.append(colour)
            self.switches = self.switches + self.cost(colour)
            other.release()

    def cost(self, colour):
        return len(colour)


def main():
    relay = Relay()
    lamps = [
        threading.Thread(target=relay.show, args=("red", relay.red_turn, relay.green_turn, 3)),
        threading.Thread(target=relay.show, args=("green", relay.green_turn, relay.red_turn, 3)),
    ]
    for lamp in lamps:
        lamp.start()
    for lamp in lamps:
        lamp.join()
    return relay.shown, relay.switches
