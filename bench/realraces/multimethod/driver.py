"""Two threads call a multimethod with types it has not met yet; gives what they got."""

import threading

from multimethod import multimethod


class Shape:
    pass


class Circle(Shape):
    pass


class Square(Shape):
    pass


@multimethod
def describe(shape: Shape):
    return "shape"


@multimethod
def describe(number: int):  # noqa: F811
    return "number"


def main():
    out = {}

    def call(name, value):
        try:
            out[name] = describe(value)
        except RuntimeError as error:
            out[name] = str(error)

    threads = [threading.Thread(target=call, args=(name, value)) for name, value in (("circle", Circle()), ("square", Square()))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(out.items())


if __name__ == "__main__":
    print(main())
