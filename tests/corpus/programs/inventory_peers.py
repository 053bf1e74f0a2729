"""A node of a peer-to-peer network asks its peers for transactions and drops those that nobody sends in time.

After https://github.com/sarchar/pyspv/issues/3
"""

import threading
import time
from dataclasses import dataclass

TX, BLOCK = "tx", "block"


@dataclass(frozen=True)
class Inv:
    type: str
    hash: str


class Network:
    """The manager's thread steps; each peer's thread hands in what it received."""

    def __init__(self, patience):
        self.patience = patience
        self.inprogress_invs = {}
        self.received = []
        self.dropped = []

    def request(self, inv):
        self.inprogress_invs[inv] = time.monotonic()

    def received_inv(self, inv):
        if self.inprogress_invs.pop(inv, None) is not None:
            self.received.append(inv.hash)

    def handle_invs(self):
        now = time.monotonic()
        inprogress_tx_invs = ((inv, when) for inv, when in self.inprogress_invs.items() if inv.type == TX)
        late = []
        for inv, when in inprogress_tx_invs:
            if now - when > self.patience:
                late.append(inv)
        for inv in late:
            if self.inprogress_invs.pop(inv, None) is not None:
                self.dropped.append(inv.hash)


def peer(network, invs, after):
    time.sleep(after)
    for inv in invs:
        network.received_inv(inv)


def manage(network, steps):
    for _ in range(steps):
        network.handle_invs()
        time.sleep(0.1)


def main():
    network = Network(patience=30)
    wanted = [Inv(TX, "a1"), Inv(TX, "b2"), Inv(BLOCK, "c3"), Inv(TX, "d4")]
    for inv in wanted:
        network.request(inv)
    threads = [
        threading.Thread(target=manage, args=(network, 3), name="manager"),
        threading.Thread(target=peer, args=(network, wanted[:3], 0.05), name="peer"),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(network.received), network.dropped, len(network.inprogress_invs)


if __name__ == "__main__":
    assert main() == (["a1", "b2", "c3"], [], 1)
