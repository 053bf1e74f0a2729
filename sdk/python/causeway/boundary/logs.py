"""logging: every record that reaches handlers, with its message if that can be built without running code of the program."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from causeway import _tap
from causeway.boundary.emit import LOG
from causeway.boundary.patch import around
from causeway.boundary.plain import quote, quote_name, type_label
from causeway.redaction import scrub

_SCALARS = frozenset({str, int, float, bool, type(None)})


def _message(template: Any, args: Any) -> str:
    """`template % args` when both are exact built-in types, else the template."""
    if type(template) is not str:
        return type_label(template)
    if not args:
        return template
    values = args if type(args) is tuple else list(args.values()) if type(args) is dict else None
    if values is None or not all(type(arg) in _SCALARS and (type(arg) is not int or arg.bit_length() < 1024) for arg in values):
        return template
    try:
        return str.__mod__(template, args)
    except (TypeError, ValueError, KeyError, OverflowError, MemoryError):
        return template


def patch(module: ModuleType) -> None:
    """Hook `logging`."""

    def call_handlers(args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        record = args[1] if len(args) > 1 else kwargs["record"]
        state = object.__getattribute__(record, "__dict__")
        name, level = state.get("name"), state.get("levelname")
        text = quote(scrub(_message(state.get("msg"), state.get("args"))))
        failure = state.get("exc_info")
        thrown = f',"exception":{quote_name(failure[0].__name__)}' if type(failure) is tuple and type(failure[0]) is type else ""
        logger = quote_name(name) if type(name) is str else "null"
        severity = quote_name(level) if type(level) is str else "null"
        _tap.record(LOG, f'{{"logger":{logger},"level":{severity},"message":{text}{thrown}}}')

    around(module.Logger, "callHandlers", call_handlers)
