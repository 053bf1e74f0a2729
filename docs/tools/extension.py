"""What the VS Code extension's manifest has from the Python side: launch properties, settings and the version. The rest stays as it is."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from causeway_adapter.dap.properties import schema
from causeway_adapter.lsp.settings import SETTINGS

ROOT = Path(__file__).parents[2]
MANIFEST = ROOT / "vscode-extension" / "package.json"

OWN_SETTINGS: dict[str, dict[str, Any]] = {
    "python": {
        "type": "string",
        "default": "",
        "scope": "machine-overridable",
        "description": "The interpreter of programs, the adapter and the language server. Empty: the Python extension's choice, .venv, or python3.",
    },
    "package": {
        "type": "string",
        "default": "causeway-debugger",
        "scope": "machine-overridable",
        "description": "What pip installs when Causeway is missing: a name, a requirement, or a path to a wheel or folder.",
    },
}
"""Those that only the extension reads."""


def manifest() -> str:
    """The manifest, brought up to date."""
    text = MANIFEST.read_text()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    attributes = {request: {"properties": schema(request)} for request in ("launch", "attach")}
    text = with_value(text, (), "version", version)
    text = with_value(text, ('"debuggers"',), "configurationAttributes", attributes)
    return with_value(text, ('"configuration":',), "properties", settings())


def settings() -> dict[str, Any]:
    """The settings that editors offer, by their full keys."""
    served = {one.key: one.schema | {"scope": "resource"} for one in SETTINGS}
    return {f"causeway.{key}": value for key, value in (OWN_SETTINGS | served).items()}


def with_value(text: str, after: tuple[str, ...], key: str, value: Any) -> str:
    """JSON text with another value of the first `key` behind `after`. Raises ValueError where there is none."""
    start = 0
    for word in after:
        start = text.index(word, start)
    start = text.index(f'"{key}": ', start) + len(f'"{key}": ')
    line = text.rfind("\n", 0, start) + 1
    indent = len(text) - len(text[line:].lstrip(" ")) - line
    _, end = json.JSONDecoder().raw_decode(text, start)
    return text[:start] + written(value, indent) + text[end:]


def written(value: Any, indent: int) -> str:
    """Objects of objects with one entry a line, what they hold on that line."""
    if not isinstance(value, dict) or not value or not all(isinstance(one, dict) for one in value.values()):
        return _on_one_line(value)
    inner = " " * (indent + 2)
    entries = ",\n".join(f"{inner}{json.dumps(key)}: {written(one, indent + 2)}" for key, one in value.items())
    return f"{{\n{entries}\n{' ' * indent}}}"


def _on_one_line(value: Any) -> str:
    if isinstance(value, dict) and value:
        return "{ " + ", ".join(f"{json.dumps(key)}: {_on_one_line(one)}" for key, one in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
