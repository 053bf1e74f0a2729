"""One thread counts what it has done; another looks at the count from time to time and changes nothing."""

import threading


class Download:
    def __init__(self, chunks):
        self.chunks = chunks
        self.received = 0
        self.finished = threading.Event()
        self.body = []

    def run(self):
        for chunk in self.chunks:
            self.body.append(chunk)
            self.received += len(chunk)
        self.finished.set()


def watch(download, shown):
    while not download.finished.wait(0.001):
        shown.append(download.received)
    shown.append(download.received)


def main():
    download = Download(["GET ", "/big", " done"])
    shown = []
    threads = [threading.Thread(target=watch, args=(download, shown)), threading.Thread(target=download.run)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return "".join(download.body), shown[-1], shown == sorted(shown)
