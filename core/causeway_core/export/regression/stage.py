"""Run by the program's own interpreter: calls a function under an order, as a generated test does, and prints what such a test can see.

`python -c <this text> ORDER.json module:function PATH ROOT`; what comes from outside is in `answers.json` beside the order, or null.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

from causeway import order

PLAIN = (type(None), bool, int, float, str, bytes)


def plain(value: Any) -> bool:
    """Whether `repr` of the value, read back, is equal to it."""
    kind = type(value)
    if kind in (list, tuple, set, frozenset):
        return all(map(plain, value)) and (kind is not frozenset) and not (kind is set and not value)
    if kind is dict:
        return all(map(plain, value)) and all(map(plain, value.values()))
    return kind in PLAIN and value == value and value not in (float("inf"), float("-inf"))


def main() -> None:
    """The whole script."""
    with open(sys.argv[1]) as file:
        document = json.load(file)
    answers = json.loads(Path(sys.argv[1]).with_name("answers.json").read_text())
    sys.path.insert(0, sys.argv[3])
    seen: dict[str, Any] = {}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), order.forced(document, answers=answers, root=sys.argv[4]) as run:
        try:
            result = run.main(sys.argv[2])
        except BaseException as error:
            seen["raised"] = type(error).__name__
        else:
            seen["result"] = repr(result) if plain(result) else None
    outcome = run.outcome
    seen |= {
        "feasible": outcome.feasible, "reason": outcome.reason, "hang": outcome.hang is not None, "stdout": printed.getvalue(),
        "unhandled": [type(error).__name__ for error in run.unhandled], "values": outcome.values,
        "missing": outcome.missing, "passed": outcome.passed, "seen": outcome.seen, "asked": outcome.asked, "refused": outcome.refused,
    }
    print("\x00" + json.dumps(seen), flush=True)


if __name__ == "__main__":
    main()
