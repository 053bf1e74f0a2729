"""Every thread that finds the codecs unprobed probes them; what they write is the same each time."""

import codecs
import threading

_SUPPORTED = None


def probe():
    found = []
    for name in ("utf-8", "latin-1", "no-such-codec"):
        try:
            found.append(codecs.lookup(name).name)
        except LookupError:
            continue
    return tuple(found)


def supported():
    global _SUPPORTED
    names = _SUPPORTED
    if names is None:
        names = _SUPPORTED = probe()
    return names


class Decoder:
    def __init__(self, preferred):
        self.preferred = preferred

    def decode(self, data):
        name = self.preferred if self.preferred in supported() else "utf-8"
        return data.decode(name)


def main():
    global _SUPPORTED
    _SUPPORTED = None
    texts = {}
    jobs = {"iso8859-1": b"caf\xe9", "no-such-codec": b"tea"}
    threads = [
        threading.Thread(target=lambda item=item: texts.update({item[0]: Decoder(item[0]).decode(item[1])}))
        for item in jobs.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(texts.items()), _SUPPORTED
