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
    try:
        for line in (launch_configurations(folder), ignored_by_git(folder), settings(folder)):
            print(line)
    except OSError as error:
        hint = "check the permissions of that folder, and run causeway init again"
        raise CommandError(f"cannot write {error.filename or folder}: {error.strerror}", hint) from error
    except UnicodeDecodeError as error:
        raise CommandError(f"cannot prepare {folder}: {error}", "save that file as UTF-8, and run causeway init again") from error
    return 0


def launch_configurations(folder: Path) -> str:
    """Adds those configurations whose names are not there yet; what was done, in a sentence. A file with comments is left alone."""
    path = folder / ".vscode" / "launch.json"
    text = path.read_text("utf-8") if path.exists() else ""
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
    path.parent.mkdir(exist_ok=True)
    indent = re.search(r"^([ \t]+)\S", text, re.MULTILINE)
    path.write_text(json.dumps(content, indent=indent[1] if indent else 2, ensure_ascii=False) + "\n", "utf-8")
    return f"{path}: added {', '.join(one['name'] for one in missing)}"


def ignored_by_git(folder: Path) -> str:
    """Adds a line to .gitignore; what was done, in a sentence."""
    path = folder / ".gitignore"
    text = path.read_text("utf-8") if path.exists() else ""
    if any(line.strip().strip("/") == IGNORED.strip("/") for line in text.splitlines()):
        return f"{path}: ignores {IGNORED} already"
    path.write_text(f"{text}{'' if not text or text.endswith(chr(10)) else chr(10)}{IGNORED}\n", "utf-8")
    return f"{path}: added {IGNORED}"


def settings(folder: Path) -> str:
    """Adds an empty section to pyproject.toml; what was done, in a sentence."""
    path = folder / "pyproject.toml"
    if not path.exists():
        return f"{path}: there is none, so defaults apply"
    text = path.read_text("utf-8")
    try:
        if "causeway" in tomllib.loads(text).get("tool", {}):
            return f"{path}: has [tool.causeway] already"
    except tomllib.TOMLDecodeError as error:
        return f"{path}: left as it is, since it is not valid TOML: {error}"
    path.write_text(f"{text.rstrip(chr(10))}\n\n{SKELETON}" if text.strip() else SKELETON, "utf-8")
    return f"{path}: added [tool.causeway]"
