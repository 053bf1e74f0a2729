"""The reloaded table of pages is assigned first and filled afterwards."""

import threading
import time


class Site:
    def __init__(self, plugins):
        self.plugins = plugins
        self.pages = None
        self.reload()

    def reload(self):
        self.pages = {}
        for plugin in self.plugins:
            self.pages.update(plugin())

    def get(self, path):
        return self.pages.get(path, "404")


def blog():
    return {"/blog": "posts", "/feed": "feed"}


def shop():
    return {"/shop": "items"}


def main():
    site = Site([blog, shop])
    seen = []

    def visitor():
        for path in ("/blog", "/shop"):
            seen.append(site.get(path))

    reloading = threading.Thread(target=site.reload)
    visiting = threading.Thread(target=visitor)
    reloading.start()
    time.sleep(0.01)
    visiting.start()
    reloading.join()
    visiting.join()
    return seen
