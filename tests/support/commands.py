"""`causeway` and pytest as commands, each in a process of its own: forked from one that has loaded their modules, which saves a second each time."""

from __future__ import annotations

import atexit
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from _pytest.config import default_plugins
from causeway_core.cli.main import COMMANDS
from causeway_core.launch.target import Target
from causeway_core.launch.zygote import READ_AT_START, Zygote

CAUSEWAY = Path(sys.executable).with_name("causeway")
_ROOT = Path(__file__).parents[2]
_CLI = ("causeway_core.cli.main", *(f"causeway_core.cli.{name}" for name in COMMANDS))
_PYTEST = tuple(f"_pytest.{name}" for name in default_plugins)

Done = subprocess.CompletedProcess[str]
_zygotes: dict[object, Zygote] = {}


@atexit.register
def _close() -> None:
    for zygote in _zygotes.values():
        zygote.close()


def causeway(*words: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None, timeout: float = 240) -> Done:
    """Runs `causeway WORDS`, with empty standard input."""
    return _run(_CLI, (str(CAUSEWAY), *map(str, words)), cwd, env, timeout)


def run_pytest(*words: str, cwd: Path, env: Mapping[str, str] | None = None, timeout: float = 240) -> Done:
    """Runs `python -m pytest -q WORDS`, without pytest's cache."""
    return _run(_PYTEST, ("-m", "pytest", "-q", "-p", "no:cacheprovider", *words), cwd, env, timeout)


def _run(modules: Sequence[str], program: tuple[str, ...], cwd: Path | None, env: Mapping[str, str] | None, timeout: float) -> Done:
    variables, folder = dict(os.environ if env is None else env), cwd or Path.cwd()
    if sys.platform != "linux":
        words, nothing = [sys.executable, *program], subprocess.DEVNULL
        return subprocess.run(words, cwd=folder, env=variables, stdin=nothing, capture_output=True, text=True, timeout=timeout, check=False)
    key = modules, tuple(sorted(item for item in variables.items() if item[0].startswith(READ_AT_START)))
    zygote = _zygotes.pop(key, None) or Zygote(Target(sys.executable, (), (), _ROOT), variables, modules)
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        with (place / "out").open("wb") as out, (place / "err").open("wb") as err:
            run = zygote.start(
                Target(sys.executable, (), program, folder), variables, (out, err), place / "loaded", lambda: _zygotes.__setitem__(key, zygote)
            )
        try:
            code = run.wait(timeout)
        except BaseException:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
            raise
        said, wrong = ((place / name).read_text(errors="replace") for name in ("out", "err"))
    return Done(program, code, said, wrong)
