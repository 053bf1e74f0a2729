"""Every shard has a lock, but the total that all shards add to has none."""

import threading


class Store:
    def __init__(self, shards):
        self.locks = [threading.Lock() for _ in range(shards)]
        self.shards = [{} for _ in range(shards)]
        self.size = 0

    def put(self, key, value):
        number = key % len(self.shards)
        with self.locks[number]:
            if key not in self.shards[number]:
                size = self.size
                self.shards[number][key] = value
                self.size = size + 1


def main():
    store = Store(2)
    threads = [threading.Thread(target=store.put, args=(key, key * key)) for key in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return store.size, store.shards
