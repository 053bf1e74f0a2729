"""Request threads sort their latencies into the buckets of a histogram that the whole module shares."""

import bisect
import threading
import time

BOUNDS = (10, 50, 250)
BUCKETS = [0] * (len(BOUNDS) + 1)


def weight(path):
    return 10 if path.startswith("/sampled/") else 1


def observe(path, millis):
    slot = bisect.bisect_left(BOUNDS, millis)
    BUCKETS[slot] = BUCKETS[slot] + weight(path)


def serve(requests, begins):
    time.sleep(begins)
    for path, millis in requests:
        observe(path, millis)


def main():
    BUCKETS[:] = [0] * len(BUCKETS)
    threads = [
        threading.Thread(target=serve, args=([("/cart", 12), ("/sampled/cart", 40)], 0)),
        threading.Thread(target=serve, args=([("/item", 45), ("/item", 600)], 0.03)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return dict(zip((*BOUNDS, "more"), BUCKETS, strict=True))
