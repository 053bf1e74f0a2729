"""Three locks of a block manager are taken in a circle by three of its methods."""

import threading
from contextlib import ExitStack


class BlockManager:
    def __init__(self):
        self.references_lock = threading.Lock()
        self.blocks_lock = threading.Lock()
        self.stores_lock = threading.Lock()
        self.references = {}
        self.blocks = {}
        self.stores = {"disk": []}

    def put(self, block):
        with self.references_lock:
            self.references[block] = 1
            with self.blocks_lock:
                self.blocks[block] = "in memory"

    def persist(self, block, store):
        with self.blocks_lock:
            self.blocks.pop(block, None)
            with self.stores_lock:
                self.stores[store].append(block)

    def prune(self, store):
        with ExitStack() as stack:
            stack.enter_context(self.stores_lock)
            kept = list(self.stores[store])
            stack.enter_context(self.references_lock)
            for block in kept:
                self.references.setdefault(block, 0)


def main():
    manager = BlockManager()
    manager.put("genesis")
    jobs = [(manager.put, "b1"), (manager.persist, "genesis", "disk"), (manager.prune, "disk")]
    threads = [threading.Thread(target=job, args=args) for job, *args in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(manager.references), sorted(manager.blocks), manager.stores
