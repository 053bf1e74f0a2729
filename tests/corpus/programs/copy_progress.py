"""One thread counts what it copied; another looks at the count now and then to draw a bar."""

import threading


class Copy:
    def __init__(self, files):
        self.files = files
        self.done = 0
        self.finished = threading.Event()
        self.target = {}

    def run(self):
        for name, data in self.files.items():
            self.target[name] = bytes(data)
            self.done += 1
        self.finished.set()

    def bar(self, widths):
        while not self.finished.wait(0.001):
            widths.append(self.done * 10 // len(self.files))


def main():
    copy = Copy({f"file-{number}": b"x" * number for number in range(20)})
    widths = []
    drawing = threading.Thread(target=copy.bar, args=(widths,))
    copying = threading.Thread(target=copy.run)
    drawing.start()
    copying.start()
    copying.join()
    drawing.join()
    return copy.done, len(copy.target), all(0 <= width <= 10 for width in widths)
