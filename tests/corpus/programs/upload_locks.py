"""Uploads to a package index lock the releases they sort, each in the order in which it was given them."""

import multiprocessing


class Releases:
    def __init__(self, context, versions):
        self.locks = {version: context.Lock() for version in versions}
        self.order = {version: context.Value("i", 0) for version in versions}

    def sort(self, versions, position):
        held = []
        try:
            for version in versions:
                self.locks[version].acquire()
                held.append(version)
            for version in versions:
                self.order[version].value += position
        finally:
            for version in reversed(held):
                self.locks[version].release()


def upload(releases, versions, files):
    digest = sum(len(f"file-{number}") for number in range(files))
    releases.sort(versions, 1 if digest else 0)


def main():
    context = multiprocessing.get_context("fork")
    releases = Releases(context, ["1.0", "1.1"])
    uploads = [
        context.Process(target=upload, args=(releases, ["1.0", "1.1"], 10)),
        context.Process(target=upload, args=(releases, ["1.1", "1.0"], 20000)),
    ]
    for each in uploads:
        each.start()
    for each in uploads:
        each.join()
    order = {version: value.value for version, value in releases.order.items()}
    assert order == {"1.0": 2, "1.1": 2}, order
    return order


if __name__ == "__main__":
    print(main())
