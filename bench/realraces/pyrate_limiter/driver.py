"""Two threads take the last token of a bucket; gives what they were told."""

import threading

from pyrate_limiter.core import TokenBucketLimiter
from pyrate_limiter.engines.local import LocalBucket
from pyrate_limiter.exceptions import BucketFullException


def main():
    limiter = TokenBucketLimiter(LocalBucket([]), capacity=1, window=3600)
    told = []

    def take(name):
        try:
            limiter.process(name)
            told.append("ok")
        except BucketFullException:
            told.append("full")

    threads = [threading.Thread(target=take, args=(name,)) for name in ("ann", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


if __name__ == "__main__":
    print(main())
