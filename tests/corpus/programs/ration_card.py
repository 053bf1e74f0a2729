"""A ration is a closure over what is left; shops in threads take from it while there is something."""

import threading
import time


def ration(grams):
    left = grams

    def take(wanted):
        nonlocal left
        if wanted > left:
            return 0
        weigh(wanted)
        left -= wanted
        return wanted

    def remaining():
        return left

    return take, remaining


def weigh(grams):
    time.sleep(0.001)


def shop(take, wanted, sold, opens):
    time.sleep(opens)
    sold.append(take(wanted))


def main():
    take, remaining = ration(100)
    sold = []
    shops = [threading.Thread(target=shop, args=(take, 70, sold, opens)) for opens in (0, 0.05)]
    for each in shops:
        each.start()
    for each in shops:
        each.join()
    return sum(sold), remaining()
