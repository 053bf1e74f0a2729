"""Writers of a pair of prices take the lock, the reader does not."""

import threading


class Prices:
    def __init__(self):
        self._lock = threading.Lock()
        self.net = 100
        self.gross = 119

    def set(self, net):
        with self._lock:
            self.net = net
            self.gross = net * 119 // 100

    def quote(self):
        return self.net, self.gross


def main():
    prices = Prices()
    quotes = []
    setting = threading.Thread(target=prices.set, args=(200,))
    quoting = threading.Thread(target=lambda: quotes.append(prices.quote()))
    setting.start()
    quoting.start()
    setting.join()
    quoting.join()
    return [quote in ((100, 119), (200, 238)) for quote in quotes], prices.quote()
