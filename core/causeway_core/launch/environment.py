"""What the host tells the guest through the environment of the program."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from causeway_core.launch.target import Target

DRIVE = "CAUSEWAY_DRIVE"


def environment(
    target: Target, spool: Path, *, detail: str, include: Sequence[str], exclude: Sequence[str], replayable: bool = False,
    drive: Sequence[str] = (), base: Mapping[str, str] | None = None,
) -> dict[str, str]:  # fmt: skip
    """The variables through which the host speaks to the guest (names: docs/recording-format.md), on top of `base` (default: this process's).

    `drive`: the command that sends requests once the program listens; the program is interrupted when it has ended.
    """
    variables = dict(os.environ if base is None else base)
    variables.update(
        CAUSEWAY_SPOOL=str(spool.resolve()),
        CAUSEWAY_DETAIL=detail,
        CAUSEWAY_ROOT=str(target.root.resolve()),
        CAUSEWAY_INCLUDE=os.pathsep.join(include),
        CAUSEWAY_EXCLUDE=os.pathsep.join(exclude),
    )
    for name in ("CAUSEWAY_PARENT", "CAUSEWAY_REPLAYABLE", DRIVE):
        variables.pop(name, None)
    if replayable:
        variables["CAUSEWAY_REPLAYABLE"] = "1"
    if drive:
        variables[DRIVE] = json.dumps(list(drive))
    return variables
