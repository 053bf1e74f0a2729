"""Liquids are moved between tanks of a plant by several controllers at once; a move locks its tanks by their number."""

import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import wraps


@dataclass
class Tank:
    number: int
    litres: int
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


def holding_tanks(function):
    """Holds the locks of all tanks among the arguments."""

    @wraps(function)
    def wrapper(*args):
        tanks = {arg.number: arg for arg in args if isinstance(arg, Tank)}
        with ExitStack() as held:
            for number in sorted(tanks):
                held.enter_context(tanks[number].lock)
            return function(*args)

    return wrapper


@holding_tanks
def move(source, target, litres):
    moved = min(litres, source.litres)
    source.litres -= moved
    target.litres += moved
    return moved


@holding_tanks
def level(first, second, third):
    share, rest = divmod(first.litres + second.litres + third.litres, 3)
    first.litres = share + rest
    second.litres = third.litres = share


def main():
    north, south, west = Tank(1, 100), Tank(2, 40), Tank(3, 10)
    plans = [
        [(move, north, south, 30), (move, west, north, 5)],
        [(move, south, north, 25), (level, west, south, north)],
        [(move, south, west, 15), (move, north, north, 3)],
    ]

    def controller(plan):
        for step, *args in plan:
            step(*args)

    threads = [threading.Thread(target=controller, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return north.litres + south.litres + west.litres
