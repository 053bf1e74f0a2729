"""Threads count words in one dict."""

import threading


class Counter:
    def __init__(self):
        self.counts = {}

    def count(self, words):
        for word in words:
            if word not in self.counts:
                self.counts[word] = 0
            self.counts[word] += 1


def main():
    counter = Counter()
    threads = [threading.Thread(target=counter.count, args=(["a", "b"],)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counter.counts
