"""A recorder as a process of its own, to be killed: python -m tests.support.host RECORDING PROGRAM ARGUMENTS…"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.kill import Run


def main() -> None:
    run = Run(Path(sys.argv[1]), sys.argv[2:])
    run.poll_until_exit()
    run.finish()


if __name__ == "__main__":
    main()
