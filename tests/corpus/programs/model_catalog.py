"""A catalogue of models remembers which names it has warned about; forks of it copy what it knows."""

import threading


class Family:
    def __init__(self, name, aliases):
        self.name = name
        self.aliases = set(aliases)

    def owns(self, slug):
        return slug.split("/")[0] == self.name or slug in self.aliases


class Catalog:
    def __init__(self, families):
        self._lock = threading.Lock()
        self._families = list(families)
        self._warned = set()

    def register(self, family):
        with self._lock:
            self._families.append(family)

    def match(self, slug):
        family = next((f for f in self._families if f.owns(slug)), None)
        if family is None or slug in family.aliases:
            self._warned.add(slug)
        return family.name if family else None

    def fork(self):
        with self._lock:
            child = Catalog(self._families)
            child._warned = {slug for slug in self._warned if self._known(slug)}
        return child

    def _known(self, slug):
        return any(family.owns(slug) for family in self._families)


class Pipeline:
    def __init__(self, catalog, forks):
        self.catalog = catalog
        self.forks = forks

    def prepare(self, slugs):
        for slug in slugs:
            self.catalog.match(slug)

    def spawn(self, tag):
        self.forks[tag] = self.catalog.fork()._known("wan/2.1")


def main():
    catalog, forks = Catalog([Family("veo", ["veo-fast", "veo-old"])]), {}
    catalog.register(Family("wan", ["wan-old"]))
    pipeline = Pipeline(catalog, forks)
    threads = [
        threading.Thread(target=pipeline.prepare, args=(["veo-fast", "sora/1", "wan-old"],)),
        threading.Thread(target=pipeline.spawn, args=("preview",)),
        threading.Thread(target=pipeline.prepare, args=(["veo/3", "veo-old"],)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(catalog._warned), forks
