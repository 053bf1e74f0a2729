"""Runs `main()` of the program named on the command line: a coroutine function under asyncio, else a plain call."""

import asyncio
import importlib.util
import inspect
import sys
from pathlib import Path

path = Path(sys.argv[1])
spec = importlib.util.spec_from_file_location(path.stem, path)
assert spec is not None and spec.loader is not None
program = importlib.util.module_from_spec(spec)
sys.modules[path.stem] = program
spec.loader.exec_module(program)
result = program.main()
if inspect.iscoroutine(result):
    result = asyncio.run(result)
