"""`causeway init`: prepare a project for editors and for recording."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import click

from causeway_core.errors import CommandError

CONFIGURATIONS: tuple[dict[str, Any], ...] = (
    {"name": "Causeway: current file", "type": "causeway", "request": "launch", "program": "${file}", "cwd": "${workspaceFolder}"},
    {"name": "Causeway: pytest", "type": "causeway", "request": "launch", "pytest": ["${file}"], "cwd": "${workspaceFolder}"},
)
IGNORED = ".causeway/"
AGAIN = "look at what is there and at its permissions, and run causeway init again"
SKELETON = """[tool.causeway]
# What `causeway check` and the language server leave out: kinds of findings, and files (globs).
ignore = []
exclude = []
"""


@click.command(
    epilog="""\b
Examples:
  causeway init
  causeway init path/to/project"""
)
@click.argument("folder", default=".", type=click.Path(path_type=Path))
def command(folder: Path) -> int:
    """Prepare a project: debug configurations, .gitignore, settings.

    Adds two configurations to .vscode/launch.json, .causeway/ to .gitignore, and a section [tool.causeway] to pyproject.toml if there is
    one. What is there already stays as it is, so it may be run again.
    """
    if not folder.is_dir():
        raise CommandError(f"there is no folder {folder}", "name the folder of the project")
    for prepare in (launch_configurations, ignored_by_git, settings):
        print(prepare(folder))
    return 0


def launch_configurations(folder: Path) -> str:
    """Adds those configurations whose names are not there yet; what was done, in a sentence. A file with comments is left alone."""
    path = folder / ".vscode" / "launch.json"
    text = _read(path)
    try:
        content: dict[str, Any] = json.loads(text) if text.strip() else {"version": "0.2.0"}
        configurations: list[Any] = content.setdefault("configurations", [])
        known = {one.get("name") for one in configurations}
        configurations.extend(missing := [one for one in CONFIGURATIONS if one["name"] not in known])
    except (ValueError, AttributeError, TypeError):
        wanted = json.dumps(CONFIGURATIONS[0])
        return f"{path}: left as it is, since it has comments or is not plain JSON; add to its configurations: {wanted}"
    if not missing:
        return f"{path}: has the configurations already"
    indent = re.search(r"^([ \t]+)\S", text, re.MULTILINE)
    _write(path, json.dumps(content, indent=indent[1] if indent else 2, ensure_ascii=False) + "\n")
    return f"{path}: added {', '.join(one['name'] for one in missing)}"


def ignored_by_git(folder: Path) -> str:
    """Adds a line to .gitignore; what was done, in a sentence."""
    path = folder / ".gitignore"
    text = _read(path)
    if any(line.strip().strip("/") == IGNORED.strip("/") for line in text.splitlines()):
        return f"{path}: ignores {IGNORED} already"
    _write(path, f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{IGNORED}\n")
    return f"{path}: added {IGNORED}"


def settings(folder: Path) -> str:
    """Adds an empty section to pyproject.toml; what was done, in a sentence."""
    path = folder / "pyproject.toml"
    if not path.exists():
        return f"{path}: there is none, so defaults apply"
    text = _read(path)
    try:
        if "causeway" in tomllib.loads(text).get("tool", {}):
            return f"{path}: has [tool.causeway] already"
    except tomllib.TOMLDecodeError as error:
        return f"{path}: left as it is, since it is not valid TOML: {error}"
    _write(path, f"{text.rstrip(chr(10))}\n\n{SKELETON}" if text.strip() else SKELETON)
    return f"{path}: added [tool.causeway]"


def _read(path: Path) -> str:
    """The text of a file, empty if there is none. Raises CommandError."""
    try:
        return path.read_text("utf-8") if path.exists() else ""
    except OSError as error:
        raise CommandError(f"cannot read {path}: {error.strerror}", AGAIN) from error
    except UnicodeDecodeError as error:
        raise CommandError(f"cannot read {path}: it is not UTF-8 (byte {error.start})", "save it as UTF-8, and run causeway init again") from error


def _write(path: Path, text: str) -> None:
    """Writes a file, and makes its folder if there is none. Raises CommandError."""
    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise CommandError(f"cannot make the folder {path.parent}: {error.strerror}", AGAIN) from error
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}", AGAIN) from error
