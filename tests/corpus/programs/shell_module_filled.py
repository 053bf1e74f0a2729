"""A stand-in for a module is filled first and becomes the module then; two that fill it put the same into it."""

import threading
import time


def execute():
    time.sleep(0.002)
    return {"OK": 200, "GONE": 410}


class Loaded:
    """What a filled shell is."""


class Shell(Loaded):
    def __getattr__(self, name):
        self.__dict__.update(execute())
        self.__class__ = Loaded
        return getattr(self, name)


def check(codes, answers, after):
    time.sleep(after)
    try:
        answers.append(codes.OK)
    except AttributeError as error:
        answers.append(str(error))


def main():
    codes, answers = Shell(), []
    threads = [threading.Thread(target=check, args=(codes, answers, after)) for after in (0, 0.08)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return answers
