"""Widths of glyphs are computed on demand; threads may compute one twice, and store the same number."""

import threading

_widths = {}


def measure(glyph):
    return sum(map(ord, glyph)) % 7 + 1


def width(glyph):
    found = _widths.get(glyph)
    if found is None:
        found = measure(glyph)
        _widths[glyph] = found
    return found


def set_line(text, lines, number):
    lines[number] = sum(width(glyph) for glyph in text)


def main():
    _widths.clear()
    lines = {}
    texts = ["banana", "bandana", "nab"]
    threads = [threading.Thread(target=set_line, args=(text, lines, number)) for number, text in enumerate(texts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(lines.items()), sorted(_widths.items())
