"""Generate adapter/causeway_adapter/dap/protocol.py from the Debug Adapter Protocol's JSON schema (debugpy's wheel carries a copy)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import debugpy

HEADER = '''"""Types of the Debug Adapter Protocol. Generated from its JSON schema by `make docs`; do not edit."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

'''
SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
MESSAGES = ("Request", "Response", "Event", "ProtocolMessage")


def schema() -> dict[str, Any]:
    """The protocol's JSON schema, draft 4."""
    path = next(Path(debugpy.__file__).parent.rglob("debugProtocol.json"))
    loaded: dict[str, Any] = json.loads(path.read_text())
    return loaded


def annotation(node: dict[str, Any]) -> str:
    """The Python annotation of a schema node."""
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        return name if not name.endswith(MESSAGES) else "dict[str, Any]"
    if "enum" in node:
        return f"Literal[{', '.join(repr(value) for value in node['enum'])}]"
    kind = node.get("type")
    if isinstance(kind, list):
        return "Any" if len(kind) > 3 else " | ".join(SCALARS.get(one, "Any") for one in kind)
    if kind == "array":
        items = annotation(node.get("items", {}))
        return f"list[{items}]"
    if kind == "object":
        values = node.get("additionalProperties")
        return f"dict[str, {annotation(values)}]" if isinstance(values, dict) else "dict[str, Any]"
    return SCALARS.get(str(kind), "Any")


def typed_dict(name: str, properties: dict[str, Any], required: list[str]) -> str:
    """One TypedDict; in functional form where a key is a Python keyword."""
    fields = {key: annotation(node) if key in required else f"NotRequired[{annotation(node)}]" for key, node in properties.items()}
    if any(key in ("from", "None") for key in fields):
        inner = ", ".join(f"{key!r}: {value!r}" for key, value in fields.items())
        return f'{name} = TypedDict("{name}", {{{inner}}})\n\n\n'
    body = "".join(f"    {key}: {value}\n" for key, value in fields.items()) or "    pass\n"
    return f"class {name}(TypedDict):\n{body}\n\n"


def flatten(name: str, definitions: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Properties and required keys of a definition with its `allOf` parents merged."""
    node = definitions[name]
    properties: dict[str, Any] = {}
    required: list[str] = []
    for part in node.get("allOf", [node]):
        if "$ref" in part:
            inherited, needed = flatten(part["$ref"].rpartition("/")[2], definitions)
        else:
            inherited, needed = part.get("properties", {}), part.get("required", [])
        properties.update(inherited)
        required += needed
    return properties, required


def protocol_page() -> str:
    """The text of protocol.py: a TypedDict a structure, an alias an enumeration, and the names of all requests and events."""
    definitions = schema()["definitions"]
    parts = [HEADER]
    requests, events = [], []
    for name, node in definitions.items():
        if name.endswith(MESSAGES) and name != "Message":
            for part in node.get("allOf", []):
                values = part.get("properties", {})
                requests += values.get("command", {}).get("enum", []) if name.endswith("Request") else []
                events += values.get("event", {}).get("enum", []) if name.endswith("Event") else []
            continue
        if node.get("type") == "string":
            open_values = node.get("_enum") or node.get("enum")
            parts.append(f"{name} = {'str' if '_enum' in node or not open_values else f'Literal[{chr(44).join(map(repr, open_values))}]'}\n\n")
            continue
        if isinstance(node.get("type"), list) or (node.get("type") == "object" and "properties" not in node):
            parts.append(f"{name} = dict[str, Any]\n\n")
            continue
        parts.append(typed_dict(name, *flatten(name, definitions)))
    parts.append(f"REQUESTS = frozenset({sorted(requests)!r})\n\nEVENTS = frozenset({sorted(events)!r})\n")
    return "".join(parts)
