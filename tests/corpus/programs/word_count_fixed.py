"""Each thread counts in a dict of its own; the results are added up at the end."""

import threading


class Counter:
    def __init__(self):
        self.parts = {}

    def count(self, number, words):
        counts = {}
        for word in words:
            counts[word] = counts.get(word, 0) + 1
        self.parts[number] = counts


def main():
    counter = Counter()
    threads = [threading.Thread(target=counter.count, args=(number, ["a", "b"])) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = {}
    for part in counter.parts.values():
        for word, count in part.items():
            total[word] = total.get(word, 0) + count
    return total
