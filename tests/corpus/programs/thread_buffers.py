"""A formatter keeps its scratch buffer in a thread's own storage."""

import threading


class Formatter:
    def __init__(self):
        self._local = threading.local()

    @property
    def _buffer(self):
        if not hasattr(self._local, "buffer"):
            self._local.buffer = []
        return self._local.buffer

    def add(self, text):
        self._buffer.append(text.strip())

    def flush(self):
        text = " ".join(self._buffer)
        self._buffer.clear()
        return text


def write(formatter, words, results, name):
    for word in words:
        formatter.add(word)
    results[name] = formatter.flush()


def main():
    formatter = Formatter()
    results = {}
    jobs = {"one": [" to ", "be "], "two": ["or", " not "]}
    threads = [threading.Thread(target=write, args=(formatter, words, results, name)) for name, words in jobs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results.items())
