"""A ration is a semaphore of coupons; shops in threads take coupons one by one, and give them back if there are too few."""

import threading
import time


def ration(coupons):
    left = threading.Semaphore(coupons)
    counter = threading.Lock()

    def take(wanted):
        taken = 0
        with counter:
            while taken < wanted and left.acquire(blocking=False):
                taken += 1
            if taken < wanted:
                if taken:
                    left.release(taken)
                return 0
        weigh(wanted)
        return wanted

    def remaining():
        count = 0
        while left.acquire(blocking=False):
            count += 1
        return count

    return take, remaining


def weigh(coupons):
    time.sleep(0.001)


def shop(take, wanted, sold, opens):
    time.sleep(opens)
    sold.append(take(wanted))


def main():
    take, remaining = ration(10)
    sold = []
    shops = [threading.Thread(target=shop, args=(take, 7, sold, opens)) for opens in (0, 0.05)]
    for each in shops:
        each.start()
    for each in shops:
        each.join()
    return sum(sold), remaining()
