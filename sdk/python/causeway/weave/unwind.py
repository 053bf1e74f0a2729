"""Adds a handler for exceptions that leave a function, without a `try` in its source.

A `try` around the body would cost a level of CPython's block nesting, and an instruction that re-raises has a line of its own, which
debuggers, coverage and `frame.f_lineno` would show. So the handler is appended to the compiled code, without a line, and the exception
table sends to it every exception that no other handler takes. It re-raises with the position of the instruction that raised (`RERAISE 1`), as the
compiler's own clean-up code does. The format of both tables is described in CPython's Objects/exception_handling_notes.txt and
Objects/locations.md (3.11 to 3.14).
"""

import opcode
from types import CodeType

Entry = tuple[int, int, int, int, bool]
"""Start, end, target (in code units), stack depth, and whether the raising instruction's offset is pushed."""

_OPCODES = opcode.opmap
_NEEDED = ("PUSH_EXC_INFO", "EXTENDED_ARG", "LOAD_CONST", "UNARY_INVERT", "POP_TOP", "SWAP", "POP_EXCEPT", "RERAISE", "RESUME")
SUPPORTED = all(name in _OPCODES for name in _NEEDED)
NO_LOCATION = 15
HANDLER_STACK = 4


def read_table(data: bytes) -> list[Entry]:
    """Decodes `co_exceptiontable`."""
    entries: list[Entry] = []
    position = 0

    def number() -> int:
        nonlocal position
        byte = data[position]
        value = byte & 63
        while byte & 64:
            position += 1
            byte = data[position]
            value = value << 6 | byte & 63
        position += 1
        return value

    while position < len(data):
        start = number()
        length = number()
        target = number()
        depth = number()
        entries.append((start, start + length, target, depth >> 1, bool(depth & 1)))
    return entries


def write_table(entries: list[Entry]) -> bytes:
    """Encodes `co_exceptiontable`; entries are sorted and do not overlap."""
    data = bytearray()
    for start, end, target, depth, lasti in entries:
        for index, value in enumerate((start, end - start, target, depth << 1 | lasti)):
            parts = [value & 63]
            while value := value >> 6:
                parts.append(value & 63 | 64)
            parts.reverse()
            # Every byte but a number's last carries the continuation bit.
            parts = [part | 64 for part in parts[:-1]] + [parts[-1] & 63]
            if index == 0:
                parts[0] |= 128
            data += bytes(parts)
    return bytes(data)


def _handler(constant: int) -> bytes:
    code = bytearray((_OPCODES["PUSH_EXC_INFO"], 0))
    for shift in (24, 16, 8):
        if constant >> shift:
            code += bytes((_OPCODES["EXTENDED_ARG"], constant >> shift & 255))
    code += bytes((_OPCODES["LOAD_CONST"], constant & 255, _OPCODES["UNARY_INVERT"], 0, _OPCODES["POP_TOP"], 0))
    return bytes(code + bytes((_OPCODES["SWAP"], 2, _OPCODES["POP_EXCEPT"], 0, _OPCODES["RERAISE"], 1)))


def _without_location(units: int) -> bytes:
    return bytes(0x80 | NO_LOCATION << 3 | min(8, units - done) - 1 for done in range(0, units, 8))


def _body_start(code: bytes) -> int | None:
    """The first code unit after the function's first RESUME: before it, a generator does not exist yet."""
    resume = _OPCODES["RESUME"]
    for offset in range(0, len(code), 2):
        if code[offset] == resume:
            return offset // 2 + 1
    return None


def _loads(code: bytes, unit: int, constant: int) -> bool:
    """Whether the handler at `unit` starts by loading `constant`."""
    offset = unit * 2
    if code[offset] != _OPCODES["PUSH_EXC_INFO"]:
        return False
    offset += 2
    value = 0
    while offset < len(code) and code[offset] in (_OPCODES["EXTENDED_ARG"], _OPCODES.get("NOP", -1)):
        if code[offset] == _OPCODES["EXTENDED_ARG"]:
            value = (value | code[offset + 1]) << 8
        offset += 2
    return offset < len(code) and code[offset] == _OPCODES["LOAD_CONST"] and value | code[offset + 1] == constant


def add_handler(code: CodeType, placeholder: object, replaced: int | None = None) -> CodeType:
    """Gives `code` a handler that evaluates `~placeholder` (appended to its constants) when an exception leaves it, and re-raises.

    `replaced` is a constant's index: exceptions on their way to a handler that starts by loading it go to the new handler instead.
    """
    instructions = code.co_code
    start = _body_start(instructions)
    if not SUPPORTED or start is None:
        return code
    end = len(instructions) // 2
    handler = _handler(len(code.co_consts))
    entries: list[Entry] = []
    position = start
    for entry in read_table(code.co_exceptiontable):
        first, last, target, _, _ = entry
        if position < first:
            entries.append((position, first, end, 0, True))
        if replaced is not None and _loads(instructions, target, replaced):
            entry = (first, last, end, 0, True)
        entries.append(entry)
        position = max(position, last)
    if position < end:
        entries.append((position, end, end, 0, True))
    return code.replace(
        co_code=instructions + handler,
        co_consts=(*code.co_consts, placeholder),
        co_exceptiontable=write_table(entries),
        co_linetable=code.co_linetable + _without_location(len(handler) // 2),
        co_stacksize=max(code.co_stacksize, HANDLER_STACK),
    )
