"""Run the tests on every interpreter found, CPython 3.11 to 3.14: python -m docs.tools.interpreters [X.Y …] [-- PYTEST ARGUMENTS]

Each interpreter gets a virtual environment `.venvs/X.Y` with the project, built from a copy of its source (two builds cannot share one
build directory), and what its tests need.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
SOURCES = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "core", "adapter", "sdk")
BUILT = shutil.ignore_patterns("build", "__pycache__", "*.so", "*.egg-info", "node_modules")
VERSION_OF = "import sys; print(f'{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]}')"
TESTS = ("-m", "not slow", "-n", "2", "--dist", "loadfile")


def found() -> dict[str, Path]:
    """An interpreter for each version there is: from pyenv, the newest patch first, else from PATH."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    interpreters = {}
    for version in VERSIONS:
        installed = sorted(pyenv.glob(f"{version}.*/bin/python{version}"), key=_patch, reverse=True)
        for path in (*installed, shutil.which(f"python{version}")):
            if path and _version(Path(path)) == f"cpython {version}":
                interpreters[version] = Path(path)
                break
    return interpreters


def _patch(path: Path) -> int:
    return int(re.sub(r"\D.*", "", path.parents[1].name.rpartition(".")[2]) or 0)


def _version(python: Path) -> str:
    """`cpython 3.12`; empty where it does not run (pyenv's shims exist also for versions that are not there)."""
    done = subprocess.run([str(python), "-c", VERSION_OF], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def prepare(version: str, interpreter: Path) -> Path:
    """The Python of a virtual environment that has the project as it is now, its native parts, and what its tests need."""
    folder = ROOT / ".venvs" / version
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([str(interpreter), "-m", "venv", str(folder)], check=True)
    source = folder / "source"
    shutil.rmtree(source, ignore_errors=True)
    for name in SOURCES:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, source / name, ignore=BUILT)
        else:
            source.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, source / name)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, str(source / "sdk" / "python"), f"{source}[dev]"], check=True)
    subprocess.run([*pip, "--no-deps", "--force-reinstall", str(source / "sdk" / "python"), str(source)], check=True)
    return python


def tested(version: str, python: Path, arguments: tuple[str, ...]) -> tuple[bool, str]:
    """Whether all tests pass, and pytest's last line; what it printed is in `.venvs/X.Y/tests.log`."""
    done = subprocess.run([str(python), "-m", "pytest", "-p", "no:cacheprovider", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    log = python.parents[1] / "tests.log"
    log.write_text(done.stdout + done.stderr)
    counted = re.findall(r"^.*\b(?:passed|failed|error|errors|skipped)\b.*$", done.stdout, re.MULTILINE)
    return done.returncode == 0, f"{counted[-1].strip('= ')}" if counted else f"exit code {done.returncode}, see {log.relative_to(ROOT)}"


def main() -> int:
    """Test on each interpreter; 1 if one of them fails."""
    words = sys.argv[1:]
    at = words.index("--") if "--" in words else len(words)
    wanted, arguments = words[:at], tuple(words[at + 1 :]) or TESTS
    interpreters = found()
    failed = False
    for version in wanted or VERSIONS:
        if version not in interpreters:
            print(f"{version}  not found", flush=True)
            failed |= version in wanted
            continue
        try:
            passed, line = tested(version, prepare(version, interpreters[version]), arguments)
        except subprocess.CalledProcessError as error:
            passed, line = False, f"not installed: {error}"
        failed |= not passed
        print(f"{version}  {'ok    ' if passed else 'FAILED'}  {interpreters[version]}  {line}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
