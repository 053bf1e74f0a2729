"""Every worker that meets the new format notes so; all write the same."""

import threading


class Settings:
    def __init__(self):
        self.new_format = False
        self.version = None


def parse(settings, line, out, place):
    if line.startswith("v2:"):
        settings.new_format = True
        settings.version = 2
        line = line[3:]
    out[place] = line


def main():
    settings = Settings()
    lines = ["v2:a", "v2:b", "v2:c"]
    out = [None] * len(lines)
    threads = [threading.Thread(target=parse, args=(settings, line, out, place)) for place, line in enumerate(lines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return out, settings.new_format, settings.version
