"""Two threads ask a registry for the same object, which it makes on first use; gives how many were made."""

import threading

from minject import initialize, inject

made = []


@inject.bind(host="localhost")
class Database:
    def __init__(self, host):
        self.host = host
        made.append(host)


def main():
    registry = initialize()
    got = []
    threads = [threading.Thread(target=lambda: got.append(registry[Database])) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(made), len({id(each) for each in got})


if __name__ == "__main__":
    print(main())
