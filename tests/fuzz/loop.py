"""The loop of every fuzzer: seeds, time, memory, and what to do with a failure."""

from __future__ import annotations

import argparse
import faulthandler
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

LARGEST_MIB = 600
SLOWEST_SECONDS = 10.0


def run(attempt: Callable[[random.Random, Path], None]) -> None:
    """Runs `attempt` with a new seed and an empty folder until the time is up.

    Fails, naming the seed, when it raises, takes longer than ten seconds or makes the process grow beyond 600 MiB. `--seed` repeats one.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    first = random.SystemRandom().randrange(1 << 32) if options.seed is None else options.seed
    faulthandler.enable()
    print(f"seeds from {first}", file=sys.stderr, flush=True)  # A crash of the C code leaves no other trace of where it was.
    end = time.monotonic() + options.seconds
    count = 0
    while time.monotonic() < end and (options.seed is None or count == 0):
        seed = first + count
        began = time.monotonic()
        try:
            with tempfile.TemporaryDirectory() as folder:
                attempt(random.Random(seed), Path(folder))
        except BaseException:
            print(f"seed {seed} failed", file=sys.stderr)
            raise
        taken = time.monotonic() - began
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        assert taken < SLOWEST_SECONDS, f"seed {seed} took {taken:.1f} s"
        assert grown < LARGEST_MIB, f"seed {seed}: {grown:.0f} MiB"
        count += 1
    print(f"{count} attempts, no failure")
