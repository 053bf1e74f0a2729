"""A cache of parsed user agents makes room by dropping its oldest entry; two threads choose the same one."""

import threading

MAX_CACHE_SIZE = 3
_PARSE_CACHE = {}


def _parse(text):
    family, _, version = text.partition("/")
    return {"family": family, "version": version or None}


def lookup(text):
    if text in _PARSE_CACHE:
        return _PARSE_CACHE[text]
    parsed = _parse(text)
    if len(_PARSE_CACHE) >= MAX_CACHE_SIZE:
        oldest = next(iter(_PARSE_CACHE))
        _PARSE_CACHE.pop(oldest)
    _PARSE_CACHE[text] = parsed
    return parsed


def main():
    _PARSE_CACHE.clear()
    for text in ("Opera/9", "Lynx/2", "Links/1"):
        lookup(text)
    errors = []

    def worker(text):
        try:
            lookup(text)
        except KeyError as error:
            errors.append(error.args[0])

    threads = [threading.Thread(target=worker, args=(text,)) for text in ("Safari/17", "Firefox/130")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(_PARSE_CACHE), errors
