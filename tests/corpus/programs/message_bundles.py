"""Messages are looked up in bundles of translations, the first language first; bundles are loaded when somebody needs them."""

import threading
import time

SOURCES = {
    "de": {"hello": "Hallo {name}"},
    "en": {"hello": "Hello {name}", "bye": "Goodbye {name}"},
}


class Bundle:
    def __init__(self, locale, messages):
        self.locale = locale
        self.messages = messages

    @classmethod
    def load(cls, locale):
        time.sleep(0.002)  # the file is read
        return cls(locale, SOURCES[locale])


class Localization:
    def __init__(self, locales):
        self.locales = locales
        self._bundle_cache = []
        self._bundle_it = self._iterate_bundles()

    def _iterate_bundles(self):
        for locale in self.locales:
            yield Bundle.load(locale)

    def _bundles(self):
        pointer = 0
        while True:
            if pointer == len(self._bundle_cache):
                try:
                    self._bundle_cache.append(next(self._bundle_it))
                except StopIteration:
                    return
            yield self._bundle_cache[pointer]
            pointer += 1

    def format_value(self, key, **args):
        for bundle in self._bundles():
            if key in bundle.messages:
                return bundle.messages[key].format(**args)
        return key


def main():
    l10n = Localization(["de", "en"])
    said = {}

    def greet(name, key):
        said[name] = l10n.format_value(key, name=name)

    threads = []
    for name, key in (("Ann", "bye"), ("Bob", "hello"), ("Cem", "bye")):
        threads.append(threading.Thread(target=greet, args=(name, key)))
        threads[-1].start()
        time.sleep(0.05)
    for thread in threads:
        thread.join()
    return sorted(said.items())
