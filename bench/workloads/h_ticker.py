"""Ticks until it is killed: each tick is written to the file given, then recorded. What the file knows and the recording does not was lost."""

import os
import struct
import sys
import time

import causeway


def main(path):
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    number = 0
    while True:
        number += 1
        now = time.monotonic_ns()
        os.pwrite(descriptor, struct.pack("qq", number, now), 0)
        causeway.event("tick", number=number, now=now)


if __name__ == "__main__":
    main(sys.argv[1])
