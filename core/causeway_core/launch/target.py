"""What to record: turning the words after `causeway record` into an interpreter and its arguments."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from causeway_core.errors import LaunchError

_PYTHON = re.compile(r"^(python|pypy)[0-9.]*t?(\.exe)?$")
_SHEBANG = re.compile(rb"^#!\s*(?:/\S*/env\s+(?:-S\s+)?)?(\S+)")


@dataclass(frozen=True, slots=True)
class Target:
    """An interpreter, its own flags, and the program (`script.py …`, `-m module …` or `-c code …`); `cwd` is where it runs (None: here).

    `project` is the folder whose code is recorded where it is known, as in a re-run.
    """

    python: str
    flags: tuple[str, ...]
    program: tuple[str, ...]
    cwd: Path | None = None
    project: Path | None = None

    @property
    def name(self) -> str:
        """A short name for the recording: the script's stem or the module."""
        first = self.program[0]
        if first == "-m":
            return self.program[1].split(".")[0]
        return "code" if first == "-c" else Path(first).resolve().stem

    @property
    def folder(self) -> Path:
        """The working directory of the run."""
        return self.cwd or Path.cwd()

    @property
    def root(self) -> Path:
        """The project root: the working directory if the script lies in it or it is a module, else the script's folder."""
        if self.project is not None:
            return self.project
        here = self.folder
        if self.program[0] in ("-m", "-c"):
            return here
        script = (here / self.program[0]).resolve()
        if script.is_relative_to(here) or any(part in ("bin", "Scripts") for part in script.parts):
            return here
        return script.parent

    def command(self) -> list[str]:
        """The command line that runs the program under the recorder."""
        return [self.python, *self.flags, "-m", "causeway.launch", *self.program]


def default_python() -> str:
    """The interpreter of the active virtual environment, else the one that runs Causeway."""
    environment = os.environ.get("VIRTUAL_ENV")
    if environment:
        python = Path(environment) / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        if python.exists():
            return str(python)
    return sys.executable


def _split_flags(words: list[str]) -> tuple[list[str], list[str]]:
    """Separate the interpreter's own flags from the program: `-X dev -W error script.py a` → (flags, program)."""
    flags: list[str] = []
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] not in ("-m", "-c", "-"):
        flags.append(rest.pop(0))
        if flags[-1] in ("-X", "-W", "--check-hash-based-pycs") and rest:
            flags.append(rest.pop(0))
    return flags, rest


def _console_script(name: str, python: str) -> Path | None:
    """The Python script behind a command such as `pytest`: beside the interpreter first, then on PATH."""
    sibling = Path(python).parent / name
    found = str(sibling) if sibling.is_file() else shutil.which(name)
    return Path(found) if found else None


def _absolute(python: str) -> str:
    """The interpreter as it is found from any folder: re-runs work in copies of the project. If it is a link it stays one: that makes a virtual
    environment."""
    path = Path(shutil.which(python) or python)
    return str(path.parent.resolve() / path.name)


def resolve(words: list[str], *, python: str | None) -> Target:
    """The target for `causeway record WORDS`.

    Accepts `script.py …`, a directory or zip with `__main__`, `-m module …`, `-c code …`, `python [flags] …` and console scripts whose
    shebang is a Python interpreter (`pytest`, `flask`, …). Raises LaunchError with the next step when it is none of these.
    """
    python = _absolute(python) if python else None
    interpreter = python or default_python()
    first = words[0]
    flags: list[str] = []
    if _PYTHON.match(Path(first).name) and not first.endswith(".py"):
        found = shutil.which(first)
        if found is None:
            raise LaunchError(f"there is no interpreter {first!r}", "name one that exists, or use --python PATH")
        interpreter = python or _absolute(found)
        flags, words = _split_flags(words[1:])
        if not words:
            raise LaunchError("nothing to run after the interpreter", "add a script or -m module")
        first = words[0]
    if first in ("-m", "-c"):
        if len(words) < 2:
            raise LaunchError(f"nothing after {first}", "add a module name" if first == "-m" else "add the code")
        return Target(interpreter, tuple(flags), tuple(words))
    path = Path(first)
    if path.is_dir() and not (path / "__main__.py").exists():
        raise LaunchError(f"{first} is a folder without __main__.py", "name the script to run, or use -m MODULE")
    if path.suffix == ".py" or path.is_dir() or path.suffix in (".pyz", ".zip"):
        if not path.exists():
            raise LaunchError(f"there is no file {first} in {Path.cwd()}", "check the path; modules are recorded with: causeway record -m MODULE")
        return Target(interpreter, tuple(flags), tuple(words))
    script = path if path.is_file() and os.sep in first else _console_script(first, interpreter)
    if script is None:
        if path.is_file():
            return Target(interpreter, tuple(flags), tuple(words))
        if os.sep in first:
            raise LaunchError(f"there is no file {first} in {Path.cwd()}", "check the path")
        raise LaunchError(f"there is no script or command {first!r}", f"for a module use: causeway record -m {first}")
    with script.open("rb") as stream:
        shebang = _SHEBANG.match(stream.readline(4096))
    if shebang is None or not _PYTHON.match(Path(os.fsdecode(shebang[1])).name):
        raise LaunchError(f"{script} is not a Python program", "record the Python program itself: causeway record script.py, or -m MODULE")
    interpreter_of_script = os.fsdecode(shebang[1])
    if python is None and Path(interpreter_of_script).exists():
        interpreter = interpreter_of_script
    return Target(interpreter, tuple(flags), (str(script), *words[1:]))


def check_interpreter(target: Target, step: str = "check --python") -> None:
    """Raise LaunchError unless the target's interpreter can import the recorder; `step` says what to do about one that is none."""
    if target.python == sys.executable:
        return
    try:
        probe = subprocess.run([target.python, "-c", "print(6 * 7); import causeway._tap"], capture_output=True, text=True, check=False)
    except OSError as error:
        raise LaunchError(f"cannot start {target.python}: {error.strerror}", step) from error
    if "42" not in probe.stdout.split():
        raise LaunchError(f"{target.python} is not a Python interpreter", step)
    if probe.returncode:
        raise LaunchError(f"{target.python} has no Causeway recorder", f"install it there: {target.python} -m pip install causeway-sdk")
