"""Crawlers add what they saw to one set and count it with deques of their own; the order does not matter."""

import threading
from collections import deque

LINKS = {"/": ["/a", "/b"], "/a": ["/b", "/c"], "/b": ["/"], "/c": []}


class Crawl:
    def __init__(self):
        self.seen = set()
        self.failed = deque(maxlen=10)

    def visit(self, page):
        self.seen.add(page)
        for link in LINKS[page]:
            if link in LINKS:
                self.seen.add(link)
            else:
                self.failed.append(link)


def main():
    crawl = Crawl()
    threads = [threading.Thread(target=crawl.visit, args=(page,)) for page in LINKS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(crawl.seen), list(crawl.failed)
