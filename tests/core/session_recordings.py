"""Recordings of small programs, for tests of the session: each program is run and recorded once a test run."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

from causeway_core.ingest.ingestor import Ingestor
from causeway_core.session.session import Session

PROGRAMS = Path(__file__).parent / "programs"


@lru_cache(None)
def recorded(name: str, chunk_words: int = 1 << 16) -> Path:
    """The recording of a program, ingested in chunks of so many words."""
    folder = Path(mkdtemp(prefix="causeway-session-"))
    spool, path = folder / "spool", folder / f"{name}.causeway"
    spool.mkdir()
    own = {"CAUSEWAY_SPOOL": spool, "CAUSEWAY_DETAIL": "full", "CAUSEWAY_ROOT": PROGRAMS, "CAUSEWAY_CACHE": folder / "cache"}
    variables = {**os.environ, **{name: str(value) for name, value in own.items()}}
    command = [sys.executable, "-m", "causeway.launch", str(PROGRAMS / f"{name}.py")]
    subprocess.run(command, env=variables, cwd=PROGRAMS, timeout=240, check=False, capture_output=True)
    Ingestor(spool, path, command=command, cwd=PROGRAMS, root=PROGRAMS, chunk_words=chunk_words).finish(0)
    return path


def session(name: str, chunk_words: int = 1 << 16) -> Session:
    """A session over a program's recording, at its beginning."""
    return Session.open(recorded(name, chunk_words))


def source(name: str) -> str:
    """The path of a program."""
    return str(PROGRAMS / f"{name}.py")


def line(name: str, marker: str) -> int:
    """The line of a program that ends in `# @marker`."""
    lines = (PROGRAMS / f"{name}.py").read_text().splitlines()
    return next(number for number, text in enumerate(lines, 1) if text.endswith(f"# @{marker}"))


def place(session: Session) -> tuple[str, int]:
    """Function and line of the innermost frame."""
    frame = session.frames()[0]
    return frame.function, frame.line


def locals_of(session: Session) -> dict[str, str]:
    """The locals (and closure cells) of the innermost frame, as shown."""
    scopes = [scope for scope in session.scopes(session.frames()[0]) if scope.kind in ("locals", "closure")]
    return {variable.name: variable.text for scope in scopes for variable in session.variables(scope.ref)}
