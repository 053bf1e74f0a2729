"""Coloured console lines of a desktop pipeline: the palette is read when the first line is written, by whichever thread."""

import threading

THEME = """
error=31
warning=33
info=36
"""


def parse_theme(text):
    for line in text.split():
        level, _, code = line.partition("=")
        yield level, int(code)


class Terminal:
    _initialized = False
    _init_lock = threading.Lock()
    _palette: dict = {}
    use_colours = False

    @classmethod
    def _initialize(cls):
        with cls._init_lock:
            if cls._initialized:
                return
            cls._initialized = True
            cls._palette = dict(parse_theme(THEME))
            cls.use_colours = bool(cls._palette)

    @classmethod
    def paint(cls, level, message):
        if not cls._initialized:
            cls._initialize()
        if not cls.use_colours:
            return message
        return f"\033[{cls._palette[level]}m{message}\033[0m"


class Publisher(threading.Thread):
    def __init__(self, asset, level):
        super().__init__(name=asset)
        self.level = level
        self.lines = []

    def run(self):
        self.lines.append(Terminal.paint(self.level, f"publishing {self.name}"))


def main():
    publishers = [Publisher("hero_rig", "info"), Publisher("old_bridge", "warning")]
    for publisher in publishers:
        publisher.start()
    for publisher in publishers:
        publisher.join()
    return [line for publisher in publishers for line in publisher.lines]
