"""Opening a recording for `--isolated`: also one that was made on another machine."""

from __future__ import annotations

from pathlib import Path

from causeway_core.errors import CommandError
from causeway_core.launch.target import Target, check_interpreter, default_python
from causeway_core.storage import Recording
from causeway_core.storage.move import Move


def opened(path: Path, *, isolated: bool, project: Path | None) -> Recording:
    """The recording; where its project is not where it was, as if it had been made here: in `project`, else in the working directory if that holds
    the same files. Raises CommandError, LaunchError, RecordingError.
    """
    recording = Recording.open(path)
    if not isolated and project is None:
        return recording
    try:
        move = _move(recording, project)
    except BaseException:
        recording.close()
        raise
    if move is None:
        return recording
    recording.close()
    return Recording.open(path, move)


def _move(recording: Recording, project: Path | None) -> Move | None:
    meta = recording.meta
    before = Path(meta.root)
    python = "" if Path(meta.launch.python).exists() else default_python()
    if project is None and before.is_dir():
        after = before
    else:
        after = (project or Path()).resolve()
        missing = _missing_file(recording, before, after)
        if missing:
            raise CommandError(f"the recorded project is not in {after}: it has no {missing}", "say where it is: --project FOLDER")
    if after == before and not python:
        return None
    if python:
        check_interpreter(Target(python, (), ("-c", "")))
    return Move(before, after, python)


def _missing_file(recording: Recording, before: Path, after: Path) -> str:
    """A recorded file of the project that is not there."""
    files = [path.relative_to(before) for path in (Path(source.path) for source in recording.sources()) if path.is_relative_to(before)]
    return next((str(file) for file in files if not (after / file).is_file()), "")
