"""Slugs are worked out when they are first asked for; two that work out the same one store the same text."""

import re
import threading
import time


class Slugs:
    def __init__(self):
        self._slugs = {}

    def _make(self, title):
        return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")

    def slug(self, title):
        slug = self._slugs.get(title)
        if slug is None:
            slug = self._slugs[title] = self._make(title)
        return slug

    def known(self):
        return sorted(self._slugs.values())


def render(slugs, titles, begins, pages, place):
    time.sleep(begins)
    pages[place] = [f"/posts/{slugs.slug(title)}" for title in titles]


def main():
    slugs = Slugs()
    pages = [None, None]
    jobs = [(["Hello, World!", "On Locks"], 0, pages, 0), (["On Locks", "Hello, World!", "Bye"], 0.01, pages, 1)]
    threads = [threading.Thread(target=render, args=(slugs, *job)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return pages, slugs.known()
